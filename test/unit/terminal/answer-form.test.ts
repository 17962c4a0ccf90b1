import { describe, expect, it } from 'vitest';
import { answerForm, nobodyToAsk } from '../../../adapters/terminal/answer-form.ts';
import type { Sent } from '../../../adapters/terminal/api-schema.ts';
import type { ChatClient } from '../../../adapters/terminal/chat-client.ts';
import { Cancelled, type Questions } from '../../../adapters/terminal/questions.ts';
import { openTerminal } from '../../../adapters/terminal/terminal.ts';
import { approveForm, rejectForm } from '../../../commands/approval-forms.ts';
import { secretForm } from '../../../commands/secret-form.ts';
import type { Form, FormField } from '../../../src/chat/message.ts';
import { plainText } from '../../../src/chat/plain-text.ts';
import { only } from '../../support/builders-parts.ts';

const GIVE_UP = Symbol('Ctrl-C');
const TAKEN: Sent = { kind: 'message', visibility: 'private' };
const no = (refused: string, message = refused): Sent => ({ kind: 'refusal', refusal: { refused, message, hint: 'Try again.' } });

/** A person who types these answers, and a server that says these things; `hidden` are the prompts that showed nothing of the answer. */
async function fill(form: Form, typed: readonly (string | typeof GIVE_UP)[], said: readonly Sent[] = [TAKEN]) {
  const answers = [...typed];
  const server = [...said];
  const sent: { readonly deliveryId: string; readonly channel: string; readonly action: string; readonly values?: object }[] = [];
  const hidden: string[] = [];
  const offered: string[] = [];
  let screen = '';
  const answer = async (prompt: string): Promise<string> => {
    screen += `${prompt}\n`;
    const next = answers.shift();
    if (next === undefined) throw new Error(`nobody expected to be asked: ${screen}`);
    if (typeof next === 'symbol') throw new Cancelled();
    return next;
  };
  const questions = only<Questions>('questions', {
    line: async (prompt, _signal, offer) => {
      offered.push(...((await offer?.('s')) ?? []));
      return answer(prompt);
    },
    hidden: (prompt) => {
      hidden.push(prompt);
      return answer(prompt);
    },
  });
  const client = only<ChatClient>('client', {
    complete: async (_channel, line) => [`s after ${line}`, 'another', 's\u001B[2J'],
    act: async (action) => {
      sent.push(action);
      const next = server.shift();
      if (next === undefined) throw new Error('sent once too often');
      return next;
    },
  });
  const write = (text: string): void => {
    screen += text;
  };
  const terminal = openTerminal({ write }, questions);
  const signal = new AbortController().signal;
  const answered = await answerForm(form, { client, channel: 'ops', terminal, questions, signal });
  return { answered, sent, screen, hidden, offered, left: answers, values: sent.map(({ values }) => values) };
}

const NAMED = { app: 'shop', environment: 'production', version: '1.1.0', planHash: '9f2c61d07b3e5a84' };
const select = (members: Partial<Extract<FormField, { type: 'select' }>> = {}): Form => ({
  action: 'x:1',
  title: 'Deploy',
  submit: 'Go',
  fields: [
    {
      type: 'select',
      name: 'environment',
      label: 'Environment',
      options: [
        { value: 'staging', label: 'Staging' },
        { value: 'prod', label: 'Production' },
        { value: '1', label: 'One' },
      ],
      initial: null,
      optional: false,
      ...members,
    },
  ],
});

describe('a form at a terminal', () => {
  it('asks for a code unseen and a comment in sight, and sends what the browser would', async () => {
    const { sent, screen, hidden } = await fill(approveForm('q1', NAMED, true), ['123456', 'looks good']);
    expect(sent).toMatchObject([{ channel: 'ops', action: 'approve-form:q1', values: { code: '123456', reason: 'looks good' } }]);
    expect(screen).toContain('Approve shop production 1.1.0 · 9f2c61d0');
    expect(screen).toContain('Code (empty: confirm with a passkey) (Six digits of your authenticator app)');
    expect(screen).toContain('Comment, optional (Seen by everyone who sees the card)');
    expect(hidden).toEqual(['Not shown: ']);
  });

  it('sends nothing but empty values when what may be left out is', async () => {
    expect((await fill(approveForm('q1', NAMED, true), ['', ''])).values).toEqual([{ code: '', reason: '' }]);
  });

  it('asks for a secret of several lines unseen, its name with what was typed before', async () => {
    const form = secretForm({ app: 'shop', environment: 'staging', name: 'DB_URL', asksFactor: true });
    const { values, screen, hidden } = await fill(form, ['', 'hunter2\nmore', '123456']);
    expect(values).toEqual([{ name: 'DB_URL', value: 'hunter2\nmore', code: '123456' }]);
    expect(screen).toContain('[DB_URL] > ');
    expect(hidden).toEqual(['Not shown; an empty line ends it: ', 'Not shown: ']);
    expect(screen).not.toContain('hunter2');
  });

  it.each([
    ['2', 'prod'],
    ['1', 'staging'],
    ['Production', 'prod'],
    ['staging', 'staging'],
  ])('takes %s for a choice', async (typed, value) => {
    const { values, screen } = await fill(select(), [typed]);
    expect(values).toEqual([{ environment: value }]);
    expect(screen).toContain('  1  Staging\n  2  Production\n');
  });

  it('asks again for a choice that there is not', async () => {
    const { values, screen } = await fill(select(), ['9', '0', 'nowhere', '2']);
    expect(values).toEqual([{ environment: 'prod' }]);
    expect(screen.match(/Type a number from 1 to 3\./g)).toHaveLength(3);
  });

  it('takes the choice that is offered, and none where none is needed', async () => {
    expect((await fill(select({ initial: '1' }), [''])).values).toEqual([{ environment: '1' }]);
    expect((await fill(select({ optional: true }), [''])).values).toEqual([{ environment: '' }]);
  });

  it('offers choices, and what completes a command line with what was typed before', async () => {
    const options = [
      { value: 'shop', label: 'shop' },
      { value: 'blog', label: 'blog' },
    ];
    const app = { type: 'select', name: 'app', label: 'App', options, initial: null, optional: false } as const;
    const version = { ...rejectForm('q1', NAMED).fields[0], type: 'input', name: 'version', completes: '/deploy {app} ' } as FormField;
    const { offered } = await fill({ ...select(), fields: [app, version] }, ['blog', '1.0.0']);
    expect(offered).toEqual(['shop', 's after /deploy blog s']);
  });

  it('asks again for what is too long', async () => {
    const { values, screen } = await fill(rejectForm('q1', NAMED), ['x'.repeat(8001), 'too risky']);
    expect(values).toEqual([{ reason: 'too risky' }]);
    expect(screen).toContain('Too long: at most 8000 characters.');
  });

  it.each([
    ['Ctrl-C', rejectForm('q1', NAMED), [GIVE_UP]],
    ['nothing where something is needed', rejectForm('q1', NAMED), ['']],
    ['no secret', secretForm({ app: 'shop', environment: 'staging', name: 'A', asksFactor: false }), ['', '']],
    ['Ctrl-C half-way', approveForm('q1', NAMED, true), ['123456', GIVE_UP]],
  ] as const)('does nothing, and says so, after %s', async (_name, form, typed) => {
    const { answered, sent, screen } = await fill(form, typed);
    expect([answered, sent]).toEqual([null, []]);
    expect(screen.endsWith('Nothing was done.\n')).toBe(true);
  });

  it('asks again for a code that was wrong, and for nothing else, each time as another delivery', async () => {
    const { values, sent, screen } = await fill(
      approveForm('q1', NAMED, true),
      ['111111', 'looks good', '222222', '333333'],
      [no('wrong_code', 'That code is wrong.'), no('code_used', 'That code was used.'), TAKEN],
    );
    const reason = 'looks good';
    expect(values).toEqual([
      { code: '111111', reason },
      { code: '222222', reason },
      { code: '333333', reason },
    ]);
    expect(new Set(sent.map(({ deliveryId }) => deliveryId)).size).toBe(3);
    expect(screen).toContain('That code is wrong.\nTry again.\n');
    for (const code of ['111111', '222222', '333333']) expect(screen).not.toContain(code);
  });

  it('asks again for the reason alone, and offers what was typed', async () => {
    const { values, screen } = await fill(
      approveForm('q1', NAMED, true),
      ['111111', 'because', 'SHOP-1: because'],
      [no('reason_required'), TAKEN],
    );
    expect(values.at(-1)).toEqual({ code: '111111', reason: 'SHOP-1: because' });
    expect(screen).toContain('[because] > ');
  });

  it('asks for everything again when the server does not say what was wrong', async () => {
    const form = secretForm({ app: 'shop', environment: 'staging', name: null, asksFactor: false });
    const { values, screen } = await fill(form, ['bad name', 'hunter2', 'GOOD', 'hunter2'], [no('invalid_arguments'), TAKEN]);
    expect(values).toEqual([
      { name: 'bad name', value: 'hunter2' },
      { name: 'GOOD', value: 'hunter2' },
    ]);
    expect(screen).toContain('[bad name] > ');
    expect(screen).not.toContain('hunter2');
  });

  it.each(['factor_locked', 'request_over', 'not_an_approver'])('asks nothing any more after “%s”', async (refused) => {
    const { answered, left } = await fill(approveForm('q1', NAMED, true), ['111111', ''], [no(refused)]);
    expect(answered?.sent).toEqual(no(refused));
    expect(left).toEqual([]);
  });

  it('obeys nothing that stands in a form', async () => {
    const form = select({ label: 'Env\u001B[2J\nironment', options: [{ value: 'a', label: 'A\u202E\nB' }] });
    const { screen } = await fill({ ...form, title: 'T\u0007itle' }, ['1']);
    expect(plainText(screen)).toBe(screen);
    expect(screen).toContain('  1  A B\n');
  });

  it('shows a value that is to be read beside what is asked', async () => {
    const shown = {
      type: 'input',
      name: 'token',
      label: 'Copy it',
      placeholder: '',
      initial: 'shm_1',
      optional: false,
      multiline: false,
      isShownOnce: true,
    } as const;
    const { values, screen } = await fill({ ...rejectForm('q1', NAMED), fields: [shown, ...rejectForm('q1', NAMED).fields] }, ['because']);
    expect(screen).toContain('Copy it:\nshm_1\n');
    expect(values).toEqual([{ reason: 'because' }]);
  });
});

it('says what is asked for, and where to answer, when nobody can be asked', () => {
  expect(nobodyToAsk(rejectForm('q1', NAMED), 'http://127.0.0.1:8080')).toBe(
    'Reject shop production 1.1.0 asks for: Why.\nRun it in a terminal, without a pipe on either side, or use the browser chat at http://127.0.0.1:8080',
  );
});
