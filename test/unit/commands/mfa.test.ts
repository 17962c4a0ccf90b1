import { describe, expect, it } from 'vitest';
import { parseMfaStep } from '../../../commands/mfa-step.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import { parseAction } from '../../../src/chat/action-id.ts';
import type { CommandContext, Reply } from '../../../src/chat/command.ts';
import type { Message } from '../../../src/chat/message.ts';
import { operating } from './operating.ts';

const context: CommandContext = { person: { id: 'dana', name: 'Dana' }, platform: 'web', channel: 'ops', deliveryId: 'x1', now: 1000 };
const CODE = '492039';

const { press, run } = operating(context);

const asking = {
  factorRequest: { summary: ['Take away “Passkey”'], url: 'https://ships.example/confirm/x', expiresAt: 9, methods: ['totp', 'passkey'] },
} as const;

function messageOf(reply: Reply): Message {
  if (reply.kind !== 'message') throw new Error(`a ${reply.kind}`);
  expect(reply.visibility).toBe('private');
  return reply.message;
}

const buttonsOf = (message: Message) => message.elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));

describe('/mfa', () => {
  it('shows what somebody has, and says what to do without any', async () => {
    expect(messageOf(await run('/mfa')).summary).toBe('You have no second factor');
    const factors = [{ kind: 'totp', name: 'Authenticator app', createdAt: 0, lastUsedAt: null }] as const;
    const described = { factors, waiting: null, recoveryCodesLeft: 2, lockedUntil: 5000, passkeys: false };
    const message = messageOf(await run('/mfa', { describeFactors: async () => described }));
    expect(message).toMatchObject({ summary: 'You have 1 second factor', tone: 'danger' });
    const said = JSON.stringify(message.elements);
    for (const expected of ['Authenticator app', '2 recovery codes left. Make new ones', 'SHIPMATE_URL', '"at":5000'])
      expect(said).toContain(expected);
  });

  it('leads to a private page', async () => {
    const page = { url: 'https://ships.example/mfa/abc', expiresAt: 600_000, asksNumber: false };
    for (const [text, useCases] of [
      ['/mfa add', { addFactor: async () => page }],
      ['/mfa recovery', { renewRecoveryCodes: async () => page }],
    ] as const) {
      expect(messageOf(await run(text, useCases)).elements).toContainEqual(expect.objectContaining({ type: 'link', url: page.url }));
    }
  });

  it('takes the number of the page, by a form or typed in two halves, where a page needs one', async () => {
    const page = { url: 'https://ships.example/mfa/abc', expiresAt: 600_000, asksNumber: true };
    const [button] = buttonsOf(messageOf(await run('/mfa add', { addFactor: async () => page })));
    const opened = await press(button?.action ?? '', {});
    const action = opened.kind === 'form' ? opened.form.action : '';
    const given: unknown[] = [];
    const confirmPage: UseCases['confirmPage'] = async (request) => {
      given.push(request);
      return { confirmedUntil: 9 };
    };
    expect(messageOf(await press(action, { number: '123 456' }, { confirmPage })).tone).toBe('success');
    for (const text of ['/mfa confirm 123 456', '/mfa confirm 123456', '/mfa confirm "123 456"']) await run(text, { confirmPage });
    expect(given.map((request) => String((request as { number: string }).number).replace(' ', ''))).toEqual(Array(4).fill('123456'));
    expect(given[0]).toMatchObject({ person: { id: 'dana' }, source: 'web:ops' });
    for (const text of ['/mfa confirm', '/mfa confirm 12', '/mfa confirm olga', '/mfa reset olga too'])
      expect(await run(text, { confirmPage })).toMatchObject({ kind: 'refusal', refusal: { refused: 'invalid_arguments' } });
    expect(given).toHaveLength(4);
  });

  it('vouches for the factor that waits now, and for no other', async () => {
    const findWaitingFactor: UseCases['findWaitingFactor'] = async () => ({ factor: 'factor-1' });
    const reply = await run('/mfa vouch olga', { findWaitingFactor, vouchForFactor: async () => asking });
    const form = await press(buttonsOf(messageOf(reply))[0]?.action ?? '', {});
    const given: unknown[] = [];
    const vouchForFactor: UseCases['vouchForFactor'] = async (request) => {
      given.push(request);
      return { vouched: 'Olga' };
    };
    const action = form.kind === 'form' ? form.form.action : '';
    expect(messageOf(await press(action, { code: CODE, recovery: '' }, { vouchForFactor })).tone).toBe('success');
    expect(given).toMatchObject([{ factor: 'factor-1', proof: { by: 'code', code: CODE } }]);
    expect(await run('/mfa vouch')).toMatchObject({ kind: 'refusal' });
  });

  it('offers a step with one button, and asks for the factor then', async () => {
    const id = `reset.${Buffer.from('slack:T1/U2').toString('base64url')}`;
    expect(messageOf(await press(`mfa-step:${id}`, {}, { resetFactors: async () => asking })).summary).toContain('Confirm it');
    expect(await press('mfa-step:else', {})).toMatchObject({ kind: 'refusal' });
  });

  it('asks for a factor by a page and by a form, and hands the code on', async () => {
    const asked = messageOf(await run('/mfa remove 2', { removeFactor: async () => asking }));
    expect(asked.elements).toContainEqual(expect.objectContaining({ type: 'link', url: asking.factorRequest.url }));
    const [button] = buttonsOf(asked);
    const opened = await press(button?.action ?? '', {});
    expect(opened).toMatchObject({ kind: 'form', form: { fields: [{ name: 'code', isOneTimeCode: true }, { name: 'recovery' }] } });
    const given: unknown[] = [];
    const action = opened.kind === 'form' ? opened.form.action : '';
    const removeFactor: UseCases['removeFactor'] = async (request) => {
      given.push(request);
      return { name: 'Passkey', left: 0 };
    };
    expect(messageOf(await press(action, { code: ` ${CODE} `, recovery: '' }, { removeFactor })).tone).toBe('success');
    await press(action, { code: '', recovery: 'ABC' }, { removeFactor });
    expect(given).toMatchObject([
      { which: '2', proof: { by: 'code', code: CODE }, source: 'web:ops' },
      { which: '2', proof: { by: 'code', code: 'ABC' } },
    ]);
    // The code is nowhere in what a platform keeps.
    expect(action).not.toContain(CODE);
    expect(await press(action, { code: '  ' }, { removeFactor })).toMatchObject({ kind: 'refusal', refusal: { refused: 'wrong_code' } });
  });

  it('resets somebody by two', async () => {
    expect(await run('/mfa reset')).toMatchObject({ kind: 'refusal', refusal: { refused: 'invalid_arguments' } });
    const asked = { reset: 'asked', name: 'Olga', others: ['Bo'], expiresAt: 9 } as const;
    expect(JSON.stringify(messageOf(await run('/mfa reset olga', { resetFactors: async () => asked })))).toContain('/mfa reset olga');
    const done = { reset: 'done', name: 'Olga' } as const;
    expect(messageOf(await run('/mfa reset olga', { resetFactors: async () => done })).tone).toBe('success');
  });

  it('carries whom it is about through buttons, whatever their name is made of', async () => {
    for (const who of ['olga', 'slack:T0123ABCD/U0456EFGH', 'Ólga Ów']) {
      const reply = messageOf(await run(`/mfa reset "${who}"`, { resetFactors: async () => asking }));
      const [button] = buttonsOf(reply);
      expect(parseMfaStep(parseAction(button?.action ?? '')?.id ?? '')).toEqual({ what: 'reset', which: who });
    }
  });

  it('refuses buttons that it does not know', async () => {
    for (const action of ['mfa-code:else', 'mfa-do:reset', 'mfa-do:else.x']) {
      expect(await press(action, { code: CODE })).toMatchObject({ kind: 'refusal' });
    }
  });
});
