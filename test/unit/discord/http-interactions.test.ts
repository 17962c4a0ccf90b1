import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPublicKey } from '../../../adapters/discord/verify-signature.ts';
import { type Bot, startBot } from '../../support/discord/bot.ts';
import { createFakeIntake, privately, publicly } from '../../support/discord/fake-intake.ts';
import { ADA, click, createSigner, interactionFrom, ROLE, slash, submitted } from '../../support/discord/interactions.ts';
import { type DiscordPeer, startDiscordPeer } from '../../support/discord/peer.ts';
import { textsOf } from '../../support/discord/peer-state.ts';
import { hurriedClock, outgoing, until } from '../../support/discord/scenario.ts';
import { snowflake } from '../../support/discord/snowflakes.ts';
import { validateResponse } from '../../support/discord/validate-payload.ts';

let peer: DiscordPeer;
let bot: Bot;
let clock: ReturnType<typeof hurriedClock>;
beforeEach(async () => {
  peer = await startDiscordPeer({ limits: { perRoute: 1000, globalPerSecond: 5000 } });
  clock = hurriedClock();
  bot = await startBot(peer, { clock });
});
afterEach(async () => {
  await bot.close();
  await peer.close();
  expect(peer.problems).toEqual([]);
  expect(bot.logger.lines.join('\n')).not.toContain('secret-of-the-bot');
});

const deploy = slash('deploy', [
  { name: 'app', type: 3, value: 'shop' },
  { name: 'environment', type: 3, value: 'staging' },
]);

/** Sends it signed and lets Discord act on what comes back. */
async function interact(type: 2 | 3 | 4 | 5, data: Record<string, unknown>, given: Parameters<typeof interactionFrom>[3] = {}) {
  const { known, sent } = interactionFrom(peer, type, data, given);
  const { status, body } = await bot.interact(sent);
  expect(status).toBe(200);
  expect(validateResponse(body)).toEqual([]);
  peer.respond(known, body);
  return { known, body: body as { type: number; data?: Record<string, unknown> } };
}

describe('who may post interactions', () => {
  const PING = JSON.stringify({ type: 1, id: '123456789012345678', application_id: '123456789012345678', token: 'x' });
  const now = () => Date.now();

  it('answers a ping', async () => {
    expect(await bot.interact({ type: 1 })).toEqual({ status: 200, body: { type: 1 } });
  });

  it.each<[string, () => Promise<number>]>([
    ['unsigned', async () => (await bot.post(PING, { 'content-type': 'application/json' })).status],
    ['without its time', async () => withHeaders(PING, { 'x-signature-timestamp': undefined })],
    ['without its signature', async () => withHeaders(PING, { 'x-signature-ed25519': undefined })],
    ['with an empty signature', async () => withHeaders(PING, { 'x-signature-ed25519': '' })],
    ['with half a signature', async () => withHeaders(PING, { 'x-signature-ed25519': 'ab'.repeat(32) })],
    ['with a signature of zeros', async () => withHeaders(PING, { 'x-signature-ed25519': '00'.repeat(64) })],
    ['with a time that is no number', async () => withHeaders(PING, { 'x-signature-timestamp': 'now' })],
    ['with another time', async () => withHeaders(PING, { 'x-signature-timestamp': String(Math.floor(now() / 1000) - 1) })],
    ['tampered with', async () => (await bot.post(`${PING} `, bot.signer.headers(PING))).status],
    ['signed by somebody else', async () => (await bot.post(PING, createSigner().headers(PING))).status],
    ['stale', async () => (await bot.post(PING, bot.signer.headers(PING, now() - 301_000))).status],
    ['from the future', async () => (await bot.post(PING, bot.signer.headers(PING, now() + 305_000))).status],
    ['with its signature twice', async () => twice('x-signature-ed25519')],
    ['with its time twice', async () => twice('x-signature-timestamp')],
    ['empty', async () => (await bot.post('', { 'content-type': 'application/json' })).status],
  ])('refuses what is %s', async (_name, send) => {
    expect(await send()).toBe(401);
    expect(bot.intake.effects).toEqual([]);
  });

  it('accepts what is a little late', async () => {
    const { status } = await bot.post(PING, bot.signer.headers(PING, now() - 290_000));
    expect(status).toBe(200);
  });

  it('refuses a large body before it computes anything over it', async () => {
    const body = JSON.stringify({ type: 1, fill: 'x'.repeat(300_000) });
    expect((await bot.post(body, bot.signer.headers(body))).status).toBe(413);
  });

  it.each([
    ['no JSON', '{'],
    ['no interaction', '{"type":99}'],
    ['an interaction of another application', other()],
  ])('refuses %s even when it is signed', async (_name, body) => {
    expect((await bot.post(body, bot.signer.headers(body))).status).toBe(400);
    expect(bot.intake.effects).toEqual([]);
  });

  it('a thousand replays over two instances have one effect', async () => {
    const kept = new Set<string>();
    const first = await startBot(peer, { intake: createFakeIntake(kept) });
    const second = await startBot(peer, { intake: createFakeIntake(kept), publicKey: first.signer.publicKey });
    const { sent } = interactionFrom(peer, 2, deploy);
    const body = JSON.stringify(sent);
    const headers = first.signer.headers(body);
    const statuses = new Map<number, number>();
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? first : second).post(body, headers)));
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses].sort()).toEqual([
      [200, 1],
      [202, 999],
    ]);
    expect(first.intake.effects.length + second.intake.effects.length).toBe(1);
    await first.close();
    await second.close();
  });

  it.each(['', 'xyz', 'ab'.repeat(31)])('does not start with the public key %j', (key) => {
    expect(() => readPublicKey(key)).toThrow(/developer portal/);
  });

  async function withHeaders(body: string, changed: Record<string, string | undefined>): Promise<number> {
    const headers = { ...bot.signer.headers(body), ...changed };
    const kept = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
    return (await bot.post(body, Object.fromEntries(kept))).status;
  }

  async function twice(name: string): Promise<number> {
    const headers = bot.signer.headers(PING);
    const value = headers[name] ?? '';
    return (await bot.post(PING, { ...headers, [name]: [value, value] })).status;
  }

  function other(): string {
    return JSON.stringify({ type: 2, id: snowflake(), application_id: snowflake(), token: 't', user: ADA, data: { name: 'help' } });
  }
});

describe('a command', () => {
  it('goes in as the line it stands for, from an account with the server’s roles, and is acknowledged privately', async () => {
    const { known, body } = await interact(2, deploy);
    expect(body).toEqual({ type: 5, data: { flags: 64 } });
    expect(bot.intake.effects).toEqual([
      {
        platform: 'discord',
        deliveryId: known.id,
        channel: peer.channel.id,
        account: { id: ADA.id, name: 'Ada', groups: [`discord-role:${ROLE}`] },
        what: { kind: 'command', text: 'deploy shop staging' },
        handle: { application: peer.state.applicationId, token: known.token },
      },
    ]);
  });

  it('in direct messages has no roles and is answered there', async () => {
    await interact(2, deploy, { direct: true });
    expect(bot.intake.effects[0]).toMatchObject({ channel: `@${ADA.id}`, account: { groups: [] } });
  });

  it('from a server that is not trusted has no roles', async () => {
    const strict = await startBot(peer, { trustedGuilds: [snowflake()] });
    await strict.interact(interactionFrom(peer, 2, deploy).sent);
    const trusting = await startBot(peer, { trustedGuilds: [peer.state.guildId] });
    await trusting.interact(interactionFrom(peer, 2, deploy).sent);
    expect([strict, trusting].map(({ intake }) => intake.effects[0]?.account.groups.length)).toEqual([0, 1]);
    await strict.close();
    await trusting.close();
  });

  it('whose private answer arrives by the messenger shows it in place of the acknowledgement', async () => {
    const { known } = await interact(2, deploy);
    const handle = bot.intake.effects[0]?.handle ?? null;
    const message = outgoing(peer.channel.id, { onlyFor: ADA.id, handle, handleSince: Date.now() });
    expect(await bot.discord.messenger.post(message)).toEqual({ kind: 'delivered', remoteId: null });
    expect(textsOf(known.original ?? { components: [] })[0]).toContain('shop → staging');
  });

  it.each([
    ['a card', { kind: 'card', deploymentId: 'd1' } as const],
    ['a public message', publicly('Locked.')],
  ])('whose answer is %s leaves no placeholder behind', async (_name, reply) => {
    bot.intake.reply = reply;
    const { known } = await interact(2, deploy);
    await until('the placeholder to go', () => known.original === null);
  });

  it('whose answer is private, or made by another process, keeps its placeholder for it', async () => {
    for (const reply of [privately('No.'), null]) {
      bot.intake.reply = reply;
      const { known } = await interact(2, deploy);
      expect(known.original?.isLoading).toBe(true);
    }
    expect(peer.log.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('that cannot be kept is answered at once, privately', async () => {
    bot.intake.down = 'Shipmate cannot reach its database. Try again.';
    const { known, body } = await interact(2, deploy);
    expect([body.type, Number(body.data?.['flags']) & 64]).toEqual([4, 64]);
    expect(textsOf(known.original ?? { components: [] })).toEqual(['Shipmate cannot reach its database. Try again.']);
  });
});

describe('a form', () => {
  const form = {
    action: 'deploy-form:x',
    title: 'Deploy',
    submit: 'Deploy',
    fields: [
      { type: 'select', name: 'app', label: 'App', options: [{ value: 'shop', label: 'Shop' }], initial: null, optional: false },
      { type: 'input', name: 'reason', label: 'Why', placeholder: '', initial: null, optional: true, multiline: true },
    ],
  } as const;

  it('is the first response when the answer may be one, and its values come back as an action', async () => {
    bot.intake.forms = true;
    bot.intake.reply = { kind: 'form', form };
    const { body } = await interact(2, slash('deploy'));
    expect(body).toMatchObject({ type: 9, data: { custom_id: 'deploy-form:x', title: 'Deploy' } });

    bot.intake.reply = { kind: 'card', deploymentId: 'd1' };
    bot.intake.forms = false;
    const submit = await interact(5, submitted('deploy-form:x', { app: ['shop'], reason: '', version: '1.1.0' }));
    expect(submit.body.type).toBe(5);
    expect(bot.intake.effects.at(-1)?.what).toEqual({ kind: 'action', action: 'deploy-form:x', values: { app: 'shop', version: '1.1.0' } });
  });

  it('that takes too long becomes a placeholder that says what to do', async () => {
    bot.intake.forms = true;
    let settle: (reply: { kind: 'form'; form: typeof form }) => void = () => undefined;
    bot.intake.reply = new Promise((resolve) => {
      settle = resolve;
    });
    const { known, body } = await interact(2, slash('deploy'));
    expect(body.type).toBe(5);
    expect(clock.asked).toHaveLength(1);
    expect(clock.asked[0]).toBeLessThanOrEqual(2500);
    expect(clock.asked[0]).toBeGreaterThan(2000);
    settle({ kind: 'form', form });
    await until('the advice', () => known.original !== null && textsOf(known.original)[0]?.includes('Send the command again'));
  });

  it('is not opened in answer to a form: Discord has no such response', async () => {
    bot.intake.forms = true;
    bot.intake.reply = { kind: 'form', form };
    const { known, body } = await interact(5, submitted('deploy-form:x', { app: ['shop'] }));
    expect(body.type).toBe(5);
    await until('the advice', () => known.original !== null && textsOf(known.original)[0]?.includes('Send the command again'));
  });

  it('is not waited for where the answer is something else', async () => {
    bot.intake.forms = true;
    bot.intake.reply = privately('shop is locked.');
    expect((await interact(2, slash('deploy'))).body.type).toBe(5);
  });
});

describe('a button', () => {
  const posted = async () => {
    const confirm = { title: 'Roll back?', text: 'staging goes back to 1.0.0.', yes: 'Roll back', no: 'Keep 1.1.0' };
    const content = {
      summary: 'x',
      tone: 'success',
      elements: [
        { type: 'header', text: 'shop → staging *1.1.0*' },
        {
          type: 'buttons',
          buttons: [
            { action: 'rollback:d1', label: 'Roll back to 1.0.0', style: 'danger', confirm },
            { action: 'view-logs:d1', label: 'View logs', style: 'normal', confirm: null },
          ],
        },
      ],
    };
    await bot.discord.messenger.post(outgoing(peer.channel.id, { content }));
    const [card] = peer.channel.messages;
    if (card === undefined) throw new Error('no card');
    return { card, confirm };
  };
  const before = (card: object) => structuredClone(card);

  it('takes a choice in a menu as its action, with the value that was chosen', async () => {
    const { card } = await posted();
    const menu = { ...click('rollback-pick:shop.staging'), component_type: 3, values: ['3'] };
    await interact(3, menu, { clicked: card });
    expect(bot.intake.effects.at(-1)?.what).toEqual({ kind: 'action', action: 'rollback-pick:shop.staging', values: { choice: '3' } });
  });

  it('is an action of its own delivery, and the card that it stands on stays as it is', async () => {
    const { card } = await posted();
    const untouched = before(card);
    bot.intake.reply = publicly('done');
    const { known, body } = await interact(3, click('view-logs:d1'), { clicked: card });
    expect(body).toEqual({ type: 5, data: { flags: 64 } });
    expect(bot.intake.effects[0]).toMatchObject({ deliveryId: known.id, what: { kind: 'action', action: 'view-logs:d1', values: {} } });
    await until('the placeholder to go', () => known.original === null);
    expect(card).toEqual(untouched);
  });

  it('that asks first does nothing before the yes; the yes is authorized like any click, and cannot be pressed twice', async () => {
    const { card, confirm } = await posted();
    await bot.close();
    const asked: unknown[] = [];
    bot = await startBot(peer, {
      confirmation: async (question) => {
        asked.push(question);
        return confirm;
      },
    });
    const first = await interact(3, click('Rollback:d1'), { clicked: card });
    expect([first.body.type, Number(first.body.data?.['flags']) & 64]).toEqual([4, 64]);
    expect(bot.intake.effects).toEqual([]);
    expect(asked).toEqual([{ channel: peer.channel.id, remoteId: `${peer.channel.id}/${card.id}`, action: 'rollback:d1' }]);
    const question = first.known.original;
    if (question === null) throw new Error('no question');
    expect(textsOf(question)).toEqual(['**Roll back?**\nstaging goes back to 1.0.0.']);

    const second = await interact(3, click('rollback:d1'), { clicked: question });
    expect(second.body.type).toBe(7);
    expect(bot.intake.effects.map(({ what }) => what)).toEqual([{ kind: 'action', action: 'rollback:d1', values: {} }]);
    expect(JSON.stringify(question.components)).not.toContain('rollback:d1');
    expect(card.edits).toBe(0);
  });

  it('that is answered with no does nothing, and says so', async () => {
    const { card } = await posted();
    const first = await interact(3, click('Rollback:d1'), { clicked: card });
    const question = first.known.original;
    if (question === null) throw new Error('no question');
    await interact(3, click('dismiss'), { clicked: question });
    expect(textsOf(question)).toEqual(['Nothing was done.']);
    expect(bot.intake.effects).toEqual([]);
  });

  it('that is answered with no on a message that others see changes nothing there', async () => {
    const { card } = await posted();
    const before = structuredClone(card.components);
    const { body } = await interact(3, click('dismiss'), { clicked: card });
    expect(body.type).not.toBe(7);
    expect(card.components).toEqual(before);
  });

  it('asks with the words of the clicked message when nobody knows the question', async () => {
    const { card } = await posted();
    for (const confirmation of [
      null,
      async () => null,
      async () => Promise.reject(new Error('down')),
      async () => new Promise<null>(() => undefined),
    ]) {
      await bot.close();
      bot = await startBot(peer, { confirmation, clock });
      const { known } = await interact(3, click('Rollback:d1'), { clicked: card });
      expect(textsOf(known.original ?? { components: [] })).toEqual(['**Roll back to 1.0.0?**\nshop → staging \\*1.1.0\\*']);
    }
  });

  it('with an id that is none of ours is declined without reaching the core', async () => {
    const { card } = await posted();
    for (const id of ['', 'x', '../../etc', 'ROLLBACK:1', 'rollback:', `rollback:${'x'.repeat(100)}`]) {
      const { sent } = interactionFrom(peer, 3, click(id), { clicked: card });
      const { body } = await bot.interact(sent);
      expect(body).toMatchObject({ type: 4 });
    }
    expect(bot.intake.effects).toEqual([]);
  });
});

describe('completion', () => {
  const typing = (name: string, ...options: Record<string, unknown>[]) => interact(4, slash(name, options));

  it('offers values as the option holds them', async () => {
    bot.intake.completions = async () => ({
      replaceFrom: 7,
      completions: [
        { value: 'shop', label: 'Web shop' },
        { value: '"a b"', label: '' },
        { value: `"${'x '.repeat(60)}"`, label: 'too long' },
      ],
    });
    const { body } = await typing('deploy', { name: 'app', type: 3, value: 'sh', focused: true });
    expect(body).toEqual({
      type: 8,
      data: {
        choices: [
          { name: 'shop · Web shop', value: 'shop' },
          { name: 'a b', value: 'a b' },
        ],
      },
    });
    expect(bot.intake.completed[0]).toMatchObject({
      platform: 'discord',
      channel: peer.channel.id,
      text: 'deploy sh',
      account: { id: ADA.id },
    });
  });

  it('completes the whole line of the umbrella', async () => {
    bot.intake.completions = async () => ({ replaceFrom: 7, completions: [{ value: 'shop', label: '' }] });
    const { body } = await typing('shipmate', { name: 'command', type: 3, value: 'deploy sh', focused: true });
    expect(body.data).toEqual({ choices: [{ name: 'deploy shop', value: 'deploy shop' }] });
  });

  it('offers nothing instead of failing or taking too long', async () => {
    bot.intake.completions = async () => Promise.reject(new Error('down'));
    expect((await typing('deploy', { name: 'app', type: 3, value: '', focused: true })).body).toEqual({ type: 8, data: { choices: [] } });
    bot.intake.completions = async () => new Promise(() => undefined);
    expect((await typing('deploy', { name: 'app', type: 3, value: '', focused: true })).body).toEqual({ type: 8, data: { choices: [] } });
    expect(clock.asked).toEqual([2500, 2500]);
  });
});
