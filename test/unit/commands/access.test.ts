import { describe, expect, it } from 'vitest';
import { formatAccessStep, parseAccessStep } from '../../../commands/access-step.ts';
import { commands } from '../../../commands/index.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import type { CommandContext, Reply } from '../../../src/chat/command.ts';
import { completeCommand } from '../../../src/chat/complete-command.ts';
import type { Form, Message } from '../../../src/chat/message.ts';
import { ROLES } from '../../../src/domain/permissions.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { fakeUseCases } from './fake-use-cases.ts';
import { operating } from './operating.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const context: CommandContext = { person: { id: 'olga', name: 'Olga' }, platform: 'web', channel: 'ops', deliveryId: 'x1', now: NOW };
const CODE = '492039';

const { press, run } = operating(context);

const asking = (methods: readonly ('totp' | 'passkey')[]) => ({
  factorRequest: {
    summary: ['Make Dana incident of shop'],
    url: methods.includes('passkey') ? 'https://ships.example/confirm/x' : null,
    expiresAt: 9,
    methods,
  },
});
const wanted = { app: 'shop', personId: 'dana', role: 'incident', change: 'grant', grantUntil: NOW + 3_600_000 } as const;
const done = { outcome: 'done', wanted, name: 'Dana' } as const;

function messageOf(reply: Reply): Message {
  if (reply.kind !== 'message') throw new Error(`a ${reply.kind}: ${JSON.stringify(reply)}`);
  expect(reply.visibility).toBe('private');
  return reply.message;
}

function formOf(reply: Reply): Form {
  if (reply.kind !== 'form') throw new Error(`a ${reply.kind}: ${JSON.stringify(reply)}`);
  return reply.form;
}

const said = (message: Message): string => JSON.stringify(message.elements);
const buttonsOf = (message: Message) => message.elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));

describe('/access <app>', () => {
  const change = { id: 'c1', ...wanted, role: 'owner', askedBy: { id: 'bob', name: 'Bob' }, expiresAt: 99 } as const;
  const open = { change, name: 'Dana', seconds: { people: [{ id: 'olga', name: 'Olga' }], hasUnknown: false } };
  const shown = {
    app: 'shop',
    mayChange: true,
    void: [{ personId: 'gone', role: 'admin' }],
    open: [{ ...open, mayAgree: true, isMine: false }],
    roles: [
      { role: 'owner', members: [{ member: 'olga', name: 'Olga', origin: { from: 'file' } }] },
      {
        role: 'incident',
        members: [{ member: 'dana', name: 'Dana', origin: { from: 'chat', by: { id: 'olga', name: 'Olga' }, until: NOW + 60_000 } }],
      },
      { role: 'viewer', members: [] },
    ],
  } as const;

  it('says who has which role and where from, and what waits with its buttons', async () => {
    const message = messageOf(await run('/access shop', { showAccess: async () => shown }));
    expect(message.elements).toContainEqual({
      type: 'fields',
      fields: [
        { label: 'owner', value: 'Olga' },
        { label: 'incident', value: 'Dana (given by Olga until 21 Nov 12:01 UTC)' },
      ],
    });
    for (const expected of ['Bob asks to make Dana owner of shop', 'gone (admin)', '/access shop grant'])
      expect(said(message)).toContain(expected);
    expect(buttonsOf(message).map(({ action, label }) => [action, label])).toEqual([
      ['access-agree:c1', 'Agree…'],
      ['access-refuse:c1', 'Refuse'],
    ]);
  });

  it('gives buttons to whoever may press them, and names them to others', async () => {
    const as = async (members: { mayAgree: boolean; isMine: boolean }) =>
      messageOf(await run('/access shop', { showAccess: async () => ({ ...shown, open: [{ ...open, ...members }], mayChange: false }) }));
    expect(buttonsOf(await as({ mayAgree: false, isMine: true })).map(({ label }) => label)).toEqual(['Take back']);
    const other = await as({ mayAgree: false, isMine: false });
    expect(buttonsOf(other)).toEqual([]);
    expect(said(other)).toContain('To agree: Olga.');
    expect(said(other)).not.toContain('To give a role');
  });
});

describe('/access <app> grant', () => {
  it('asks for a code in a form, hands it on, and never shows it', async () => {
    const asked: unknown[] = [];
    const changeAccess: UseCases['changeAccess'] = async (request) => {
      asked.push(request);
      return request.proof === null ? asking(['totp', 'passkey']) : done;
    };
    const form = formOf(await run('/access shop grant @Dana incident --for 1h', { changeAccess }));
    expect(form).toMatchObject({ title: 'Make Dana incident of shop', fields: [{ name: 'code', isOneTimeCode: true }] });
    expect(form.action).toBe('access-do:shop.grant.incident.2s0.dana');
    const message = messageOf(await press(form.action, { code: ` ${CODE} ` }, { changeAccess }));
    expect(message).toMatchObject({ summary: 'Dana is incident of shop now', tone: 'success' });
    const same = { app: 'shop', target: 'dana', role: 'incident', change: 'grant', forMs: 3_600_000, source: 'web:ops' };
    expect(asked).toMatchObject([
      { ...same, proof: null },
      { ...same, proof: { by: 'code', code: CODE } },
    ]);
    expect(JSON.stringify([form, message])).not.toContain(CODE);
    // Sent without a code: then it is the passkey.
    const page = messageOf(await press(form.action, { code: '' }, { changeAccess }));
    expect(page.elements).toContainEqual(expect.objectContaining({ type: 'link', url: 'https://ships.example/confirm/x' }));
  });

  it('leads whoever has only a passkey to a page at once', async () => {
    const reply = await run('/access shop grant dana incident', { changeAccess: async () => asking(['passkey']) });
    expect(messageOf(reply).elements).toContainEqual(expect.objectContaining({ type: 'link' }));
  });

  it('says no before a form opens, and whom was probably meant', async () => {
    const unknown = refusal('unknown_person', 'There is nobody called “dnaa”.', 'Roles are given to people listed there.');
    const reply = await run('/access shop grant dnaa incident', { changeAccess: async () => unknown });
    expect(reply).toMatchObject({ refusal: { hint: 'Did you mean Dana Developer? Type: /access shop grant dana incident' } });
    const far = await run('/access shop grant zzzzzz incident', { changeAccess: async () => unknown });
    expect(far).toMatchObject({ refusal: { hint: 'People: olga, dana.' } });
  });

  it.each([
    ['/access shop grant', 'Whose role?'],
    ['/access shop grant dana', 'Which role?'],
    ['/access shop grant dana incident --for soon', '“soon” is no length of time.'],
    ['/access shop grant dana incident --for 3000d', 'That is longer than a year.'],
    ['/access shop revoke dana incident --for 1h', 'A role is taken away at once.'],
  ])('%s: %s', async (text, message) => {
    expect(await run(text)).toMatchObject({ kind: 'refusal', refusal: { refused: 'invalid_arguments', message } });
  });

  it('says who has to agree, when somebody has to', async () => {
    const seconds = { people: [{ id: 'bob', name: 'Bob' }], hasUnknown: true };
    const changeAccess = async () => ({ outcome: 'asked', id: 'c1', wanted, name: 'Dana', seconds, expiresAt: 7 }) as const;
    const message = messageOf(await run('/access shop grant dana owner', { changeAccess }));
    expect(message.tone).toBe('warning');
    expect(said(message)).toContain('Told: Bob. Members of the owners’ group see it by /access.');
  });

  it('completes people and roles', async () => {
    const complete = async (text: string) =>
      (await completeCommand(text, commands, fakeUseCases(), context)).completions.map(({ value }) => value);
    expect(await complete('/access shop ')).toEqual(['grant', 'revoke']);
    expect(await complete('/access shop grant ')).toEqual(['olga', 'dana']);
    expect(await complete('/access shop grant dana ')).toEqual([...ROLES]);
    expect(await complete('/access shop grant dana incident --for ')).toContain('8h');
  });
});

describe('the second owner', () => {
  it('agrees by a form with a code, refuses by one click', async () => {
    const asked: unknown[] = [];
    const decideAccessChange: UseCases['decideAccessChange'] = async (request) => {
      asked.push(request);
      if (request.decision === 'refuse') return { ...done, outcome: 'refused' };
      return request.proof === null ? asking(['totp']) : done;
    };
    const form = formOf(await press('access-agree:c1', {}, { decideAccessChange }));
    expect(form).toMatchObject({ action: 'access-do:c1', submit: 'Agree' });
    expect(messageOf(await press(form.action, { code: CODE }, { decideAccessChange })).tone).toBe('success');
    expect(messageOf(await press('access-refuse:c1', {}, { decideAccessChange })).summary).toContain('You refused');
    expect(asked).toMatchObject([
      { change: 'c1', decision: 'agree', proof: null },
      { change: 'c1', decision: 'agree', proof: { by: 'code', code: CODE } },
      { change: 'c1', decision: 'refuse', proof: null },
    ]);
    const over = refusal('request_over', 'Somebody was faster.');
    expect(await press('access-agree:c1', {}, { decideAccessChange: async () => over })).toEqual({ kind: 'refusal', refusal: over });
  });
});

describe('a step in the id of a form', () => {
  it('is read as it was written, also the longest', () => {
    const name = 'a'.repeat(32);
    for (const role of ROLES) {
      for (const forMs of [null, 1000, 693_891_000, 366 * 86_400_000]) {
        const step = { what: 'change', app: name, target: name, role, change: 'revoke', forMs } as const;
        expect(parseAccessStep(formatAccessStep(step) ?? '')).toEqual(step);
      }
    }
  });

  it.each([
    'shop.grant.root.0.dana',
    'shop.make.owner.0.dana',
    'shop.grant.owner.01.dana',
    'shop.grant.owner.0',
    'Shop.grant.owner.0.dana',
    'a.grant.owner.0.b.c',
  ])('is nothing: %s', (id) => {
    expect(parseAccessStep(id)).toBeNull();
  });
});

describe('/whoami', () => {
  const role = { role: 'developer', origins: [{ from: 'file' }, { from: 'chat', by: { id: 'o', name: 'Olga' }, until: null }] } as const;
  const yes = { decision: { allowed: true }, ask: [] } as const;
  const lacks = { decision: { allowed: false, reason: 'role_lacks_permission' }, ask: ['Olga', 'Adam'] } as const;
  const others = { decision: { allowed: false, reason: 'environment_restricted' }, ask: [] } as const;
  const shop = {
    app: 'shop',
    roles: [role],
    everywhere: [
      { permission: 'view', ...yes },
      { permission: 'audit', ...lacks },
    ],
    environments: [
      {
        environment: 'production',
        answers: [
          { permission: 'rollback', ...yes },
          { permission: 'freeze', ...lacks },
          { permission: 'secret', ...lacks },
          { permission: 'deploy', ...others },
        ],
        approval: { rules: [{ count: 2, from: ['owner', 'admin'] }], counts: false, ask: ['Olga'], rollsBackFreely: true },
      },
    ],
  } as const;
  const factors = {
    factors: [{ kind: 'totp', name: 'Phone', createdAt: 0, lastUsedAt: null }],
    waiting: null,
    recoveryCodesLeft: 3,
    lockedUntil: null,
    passkeys: true,
  } as const;

  it('explains one app: what, where from, why not, and whom to ask', async () => {
    const explained: unknown[] = [];
    const explainAccess: UseCases['explainAccess'] = async (request) => {
      explained.push(request.app);
      return [shop];
    };
    const message = messageOf(await run('/whoami shop', { explainAccess, describeFactors: async () => factors }));
    expect(explained).toEqual(['shop']);
    expect(message.elements.flatMap((element) => (element.type === 'text' ? [element.text] : []))).toEqual([
      'shop: developer (shipmate.yml and given by Olga)',
      '✅ see it',
      '🚫 read the audit: not part of developer. Ask Olga and Adam.',
      'shop production',
      '✅ roll back',
      '🚫 freeze, set secrets: not part of developer. Ask Olga and Adam.',
      '🚫 deploy: only others may change this environment. Nobody may yet: an owner gives the role by /access.',
      '👥 Has to be approved by 2 of owner and admin. You go back to the last good revision without asking.',
      'You may not approve. These may: Olga.',
    ]);
    expect(said(message)).toContain('Phone; 3 recovery codes left');
  });

  it('lists several apps in a line each, and says how to go on', async () => {
    const message = messageOf(await run('/whoami', { explainAccess: async () => [shop, { ...shop, app: 'blog' }] }));
    expect(said(message)).toContain('blog: developer (shipmate.yml and given by Olga)');
    expect(said(message)).toContain('/whoami shop');
    expect(said(message)).not.toContain('✅');
    expect(said(message)).toContain('none; /mfa add sets one up');
  });

  it('says no for an app that is none of theirs', async () => {
    const hidden = refusal('unknown_app', 'There is no app “x”.');
    expect(await run('/whoami x', { explainAccess: async () => hidden })).toEqual({ kind: 'refusal', refusal: hidden });
  });
});
