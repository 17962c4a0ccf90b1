import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describePerson } from '../../../src/application/describe-person.ts';
import { accountsOnPlatform, findPerson } from '../../../src/application/find-person.ts';
import { finishLink, startLink, unlink } from '../../../src/application/link-accounts.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { overLimit } from '../../../src/application/rate-limit.ts';
import { listSubscriptions, subscribe, unsubscribe } from '../../../src/application/subscriptions.ts';
import { muteChannel } from '../../../src/chat-core/mute-channel.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { Notice } from '../../../src/domain/notice.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { Notices } from '../../../src/ports/notices.ts';
import { anApp, aWorkspace } from '../../support/builders.ts';
import { FakeClock, someParts } from '../../support/builders-parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { anApp as anAuthenticatorApp, someRecoveryCodes } from '../../support/second-factor/person-with-factors.ts';

/** Who somebody is on several platforms, and what a channel follows, on the real database. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const unique = (): string => randomUUID().slice(0, 8).toUpperCase();
const source = 'test:ops';

/** `/link` on the side where somebody is known, without a second factor. */
async function codeOf(parts: Parts, person: Person) {
  const issued = await startLink(parts, { person, proof: null, source });
  if (!('code' in issued)) throw new Error('no code');
  return issued;
}

function setUp() {
  const slack = `T1/U${unique()}`;
  const olga = { id: `olga-${unique()}`, name: 'Olga Owner' };
  const workspace = aWorkspace({
    people: { [olga.id]: { ...olga, identities: { slack } } },
    apps: { shop: anApp('shop', { roles: { owner: [olga.id], admin: [], developer: ['discord-role:77'], viewer: [], incident: [] } }) },
  });
  const clock = new FakeClock(Date.now());
  const told: { readonly personId: string; readonly notice: Notice }[] = [];
  const notices: Notices = { tell: async (_stores, personId, notice) => void told.push({ personId, notice }) };
  const { database } = test;
  const parts = someParts({ database, rateLimits: database.rateLimits, clock, workspace: () => workspace, notices });
  const speak = (platform: string, id: string, groups: readonly string[] = []) =>
    findPerson(parts, platform, { id, name: `${platform} name`, groups });
  return { parts, clock, olga, slack, speak, discord: `9${unique()}`, told };
}

describe('an account', () => {
  it('is whom shipmate.yml says, and else a stranger without rights', async () => {
    const { parts, olga, slack, speak, discord } = setUp();
    expect(await speak('slack', slack)).toMatchObject(olga);
    const stranger = await speak('discord', discord);
    expect(stranger.id).toBe(`discord:${discord}`);
    expect((await describePerson(parts, { person: stranger })).roles).toEqual([]);
    expect((await speak('discord', slack)).id).toBe(`discord:${slack}`);
  });

  it('may do what a group of its platform may, as long as it is in it', async () => {
    const { parts, speak, discord } = setUp();
    const roles = async (groups: readonly string[]) =>
      (await describePerson(parts, { person: await speak('discord', discord, groups) })).roles;
    expect(await roles(['discord-role:77'])).toEqual([{ app: 'shop', roles: ['developer'] }]);
    expect(await roles(['discord-role:78'])).toEqual([]);
  });

  it('is linked to whoever has a second factor with that only, and for this account only', async () => {
    const { parts, olga, slack, speak } = setUp();
    await anAuthenticatorApp(test, olga);
    const [code = '', other = ''] = await someRecoveryCodes(test, olga);
    const person = await speak('slack', slack);
    const link = (typed: string | null) => startLink(parts, { person, proof: typed === null ? null : { by: 'code', code: typed }, source });
    expect(await link(null)).toMatchObject({
      factorRequest: { summary: [expect.stringContaining('speak for Olga Owner'), expect.anything()] },
    });
    expect(await link('WRONGX-WRONGX-WRONGX-WRONGX')).toMatchObject({ refused: 'wrong_code' });
    const actions = async () => (await test.database.stores.audit.list({ subject: olga.id, limit: 10 })).map(({ action }) => action);
    expect(await actions()).not.toContain('identity.link-code');
    expect(await link(code)).toMatchObject({ code: expect.stringMatching(/^.{5}-.{5}$/) });
    expect(await link(code)).toMatchObject({ refused: 'code_used' });
    expect(await link(other)).toMatchObject({ code: expect.any(String) });
    expect(await actions()).toContain('identity.link-code');
  });

  it('becomes its person by a code, however it is typed, and is nobody’s again after /unlink', async () => {
    const { parts, olga, slack, speak, discord } = setUp();
    const { code } = await codeOf(parts, await speak('slack', slack));
    const typed = ` ${code.toLowerCase().replace('-', ' ')}`;
    expect(await finishLink(parts, { person: await speak('discord', discord), code: typed, source })).toEqual({
      personId: olga.id,
      name: olga.name,
    });
    const linked = await speak('discord', discord);
    expect(linked).toMatchObject(olga);
    expect(await accountsOnPlatform(parts, 'discord', olga.id)).toEqual([discord]);
    expect((await describePerson(parts, { person: linked })).accounts).toEqual([
      { platform: 'slack', account: slack },
      { platform: 'discord', account: discord },
    ]);
    const actions = (await test.database.stores.audit.list({ subject: olga.id, limit: 10 })).map(({ action }) => action);
    expect(actions).toEqual(['identity.link', 'identity.link-code']);

    expect(await unlink(parts, { person: linked, other: null, source })).toEqual({ personId: olga.id });
    expect((await speak('discord', discord)).id).toBe(`discord:${discord}`);
    expect(await unlink(parts, { person: await speak('discord', discord), other: null, source })).toMatchObject({
      refused: 'already_done',
    });
  });

  it('is told of to its person, with how to undo it; a code that does not work is not', async () => {
    const { parts, olga, slack, speak, discord, told } = setUp();
    const { code } = await codeOf(parts, await speak('slack', slack));
    await finishLink(parts, { person: await speak('discord', discord), code: 'WRONG-WRONG', source });
    expect(told).toEqual([]);
    await finishLink(parts, { person: await speak('discord', discord), code, source });
    expect(told).toHaveLength(1);
    expect(told[0]?.personId).toBe(olga.id);
    expect(told[0]?.notice).toMatchObject({ tone: 'warning', title: 'The discord account “discord name” now speaks for you.' });
    const [, other] = /type: \/unlink (.+)$/.exec(told[0]?.notice.lines.at(-1) ?? '') ?? [];
    expect(await unlink(parts, { person: await speak('slack', slack), other: other ?? null, source })).toEqual({ personId: olga.id });
    expect((await speak('discord', discord)).id).toBe(`discord:${discord}`);
  });

  it('never becomes somebody else’s because they typed its code', async () => {
    const { parts, olga, slack, speak, discord } = setUp();
    const { code } = await codeOf(parts, await speak('discord', discord));
    expect(await finishLink(parts, { person: await speak('slack', slack), code, source })).toMatchObject({ refused: 'already_linked' });
    expect((await speak('discord', discord)).id).toBe(`discord:${discord}`);
    expect(await speak('slack', slack)).toMatchObject(olga);
  });

  it('that was taken from its person speaks for nobody any more, not even by a code it asked for before', async () => {
    const { parts, olga, speak, discord, slack } = setUp();
    const { code } = await codeOf(parts, await speak('slack', slack));
    await finishLink(parts, { person: await speak('discord', discord), code, source });
    const stolen = await codeOf(parts, await speak('discord', discord));
    // By the person, from another account of theirs.
    expect(await unlink(parts, { person: await speak('slack', slack), other: `discord:${discord}`, source })).toEqual({
      personId: olga.id,
    });
    const thief = await speak('discord', `${discord}9`);
    expect(await finishLink(parts, { person: thief, code: stolen.code, source })).toMatchObject({ refused: 'invalid_code' });
    expect(await unlink(parts, { person: await speak('slack', slack), other: discord, source })).toMatchObject({ refused: 'already_done' });

    // By whoever keeps shipmate.yml.
    const late = await codeOf(parts, await speak('slack', slack));
    const without = { ...parts, workspace: () => aWorkspace({ people: { [olga.id]: { ...olga, identities: {} } } }) };
    expect(await finishLink(without, { person: thief, code: late.code, source })).toMatchObject({ refused: 'invalid_code' });
  });

  it('gets nothing by a code that is used, wrong or ten minutes old', async () => {
    const { parts, clock, slack, speak, discord } = setUp();
    const person = await speak('discord', discord);
    const refusedCode = async (code: string) =>
      expect(await finishLink(parts, { person, code, source })).toMatchObject({ refused: 'invalid_code' });
    await refusedCode('ABCDE-23456');
    const { code } = await codeOf(parts, await speak('slack', slack));
    await clock.advance(10 * 60_000);
    await refusedCode(code);
    const fresh = await codeOf(parts, await speak('slack', slack));
    const takers = await Promise.all(Array.from({ length: 20 }, (_, index) => speak('discord', `${discord}${index}`)));
    const answers = await Promise.all(takers.map((taker) => finishLink(parts, { person: taker, code: fresh.code, source })));
    expect(answers.filter((answer) => !isRefusal(answer))).toHaveLength(1);
  });

  it('may guess ten times an hour', async () => {
    const { parts, speak, discord } = setUp();
    const person = await speak('discord', discord);
    const answers = await Promise.all(Array.from({ length: 50 }, () => finishLink(parts, { person, code: 'WRONG-CODES', source })));
    const refused = answers.map((answer) => (isRefusal(answer) ? answer.refused : 'linked'));
    expect(refused.filter((code) => code === 'invalid_code')).toHaveLength(10);
    expect(refused.filter((code) => code === 'rate_limited')).toHaveLength(40);
  });

  it('that was linked to somebody who left is a stranger', async () => {
    const { parts, speak, discord } = setUp();
    await test.database.stores.identities.link({ platform: 'discord', account: discord, name: '', linkedAt: 1, personId: 'gone' });
    expect((await speak('discord', discord)).id).toBe(`discord:${discord}`);
    expect((await describePerson(parts, { person: await speak('discord', discord) })).isKnown).toBe(false);
  });
});

describe('a channel', () => {
  it('follows an app that its asker may see, until it does not', async () => {
    const { parts, olga, speak, discord } = setUp();
    const place = { platform: 'slack', channel: `T1/C${unique()}` };
    const wish = { place, app: 'shop', environment: 'production', about: ['failures', 'approvals'] as const, source };
    expect(await subscribe(parts, { ...wish, person: await speak('discord', discord) })).toMatchObject({ refused: 'unknown_app' });
    expect(await subscribe(parts, { ...wish, person: olga, environment: 'nowhere' })).toMatchObject({ refused: 'unknown_environment' });
    expect(await subscribe(parts, { ...wish, person: olga })).toMatchObject({ about: ['failures', 'approvals'] });
    expect(await listSubscriptions(parts, { person: olga, place })).toMatchObject([
      { app: 'shop', environment: 'production', isConfigured: false },
    ]);
    expect(await listSubscriptions(parts, { person: await speak('discord', discord), place })).toEqual([]);
    expect(await unsubscribe(parts, { ...wish, person: olga, environment: null })).toHaveLength(1);
    expect(await unsubscribe(parts, { ...wish, person: olga, environment: null })).toMatchObject({ refused: 'already_done' });

    // Without any right by now: one's own can still be ended, and nothing else.
    await subscribe(parts, { ...wish, person: olga });
    const without = { ...parts, workspace: () => aWorkspace({ apps: { shop: anApp('shop') } }) };
    expect(await unsubscribe(without, { ...wish, person: await speak('discord', discord) })).toMatchObject({ refused: 'unknown_app' });
    expect(await unsubscribe(without, { ...wish, person: olga })).toHaveLength(1);
  });
});

describe('a channel that is gone', () => {
  it('follows nothing any more, and whoever made it follow something is told once', async () => {
    const { parts, olga, slack } = setUp();
    const place = { platform: 'slack', channel: `T1/C${unique()}` };
    await subscribe(parts, { person: olga, place, app: 'shop', environment: null, about: ['all'], source });
    const directChannelOf = async (_place: unknown, personId: string) => (personId === olga.id ? slack : null);
    for (const _again of [1, 2]) await muteChannel({ ...parts, directChannelOf }, place, 'channel_not_found');
    expect(await listSubscriptions(parts, { person: olga, place })).toMatchObject([{ muted: { because: 'channel_not_found' } }]);
    expect(await test.database.stores.subscriptions.ofApp('shop')).not.toContainEqual(expect.objectContaining({ place }));
    const told = await test.database.stores.messages.channel('slack', slack, { id: olga.id, apps: ['shop'] }, 10);
    expect(told.map(({ content }) => JSON.stringify(content))).toEqual([expect.stringContaining('Your subscription to shop is muted')]);
  });
});

describe('a limit', () => {
  it('is counted over all processes together, and opens again', async () => {
    const limit = { kind: `test-${unique()}`, max: 5, windowMs: 2000 };
    const other = test.another();
    const take = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          overLimit(index % 2 === 0 ? test.database.rateLimits : other.rateLimits, limit, 'dana', 'five are the most'),
        ),
      );
    const first = await take(20);
    expect(first.filter((refused) => refused === null)).toHaveLength(5);
    expect(first.find((refused) => refused !== null)).toMatchObject({
      refused: 'rate_limited',
      hint: expect.stringMatching(/^Try again in [12] s\.$/),
    });
    expect(await overLimit(test.database.rateLimits, limit, 'olga', '')).toBeNull();
    await expect.poll(() => overLimit(test.database.rateLimits, limit, 'dana', ''), { timeout: 10_000, interval: 100 }).toBeNull();
  });
});
