import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AesSealer } from '../../../adapters/crypto/aes-sealer.ts';
import type { InstallationRows } from '../../../adapters/slack/index.ts';
import { FakeIntake } from '../../support/slack/fake-intake.ts';
import { command, event, send, signedEvent, signedForm } from '../../support/slack/sender.ts';
import { type ServedSlack, serveSlack } from '../../support/slack/serve-slack.ts';
import { ADMIN, BOT_TOKEN, CHANNEL, OAUTH, SlackPeer, TEAM } from '../../support/slack/slack-peer.ts';

class MemoryRows implements InstallationRows {
  readonly rows = new Map<string, Uint8Array>();
  isBroken = false;

  async save(team: string, sealed: Uint8Array): Promise<void> {
    this.rows.set(team, sealed);
  }

  async find(team: string): Promise<Uint8Array | null> {
    if (this.isBroken) throw new Error('no database');
    return this.rows.get(team) ?? null;
  }

  async remove(team: string): Promise<void> {
    this.rows.delete(team);
  }

  async list(): Promise<readonly string[]> {
    return [...this.rows.keys()];
  }
}

const sealer = new AesSealer([{ id: 'k1', bytes: Buffer.alloc(32, 7) }]);
let peer: SlackPeer;
let rows: MemoryRows;
let intake: FakeIntake;
let served: ServedSlack;
let now = Date.now();

beforeEach(async () => {
  peer = await SlackPeer.start();
  rows = new MemoryRows();
  intake = new FakeIntake();
  now = Date.now();
  served = await serve();
});
afterEach(async () => {
  await served.close();
  await peer.stop();
  expect(peer.problems).toEqual([]);
});

function serve(): Promise<ServedSlack> {
  return serveSlack(
    {
      apiUrl: peer.apiUrl,
      publicUrl: 'http://127.0.0.1',
      clock: { now: () => now, sleep: () => new Promise(() => {}) },
      access: {
        kind: 'oauth',
        clientId: OAUTH.clientId,
        clientSecret: OAUTH.clientSecret,
        installations: rows,
        sealer,
        authorizeUrl: peer.authorizeUrl,
      },
    },
    intake,
  );
}

/** What a browser does: it is sent to Slack, a person allows it there, and Slack sends it back with a code. */
async function install(changes: { cookie?: string; state?: string; code?: string } = {}, at = served): Promise<Response> {
  const started = await fetch(`${at.url}/slack/install`, { redirect: 'manual' });
  const cookie = started.headers.get('set-cookie')?.split(';')[0] ?? '';
  const toSlack = new URL(started.headers.get('location') ?? '');
  expect(toSlack.origin + toSlack.pathname).toBe(peer.authorizeUrl);
  const allowed = await fetch(`${peer.authorizeUrl}/callback`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...Object.fromEntries(toSlack.searchParams), user_id: ADMIN }),
  });
  const back = new URL(allowed.headers.get('location') ?? '');
  expect(back.origin + back.pathname).toBe(OAUTH.redirect);
  if (changes.state !== undefined) back.searchParams.set('state', changes.state);
  if (changes.code !== undefined) back.searchParams.set('code', changes.code);
  return fetch(`${at.url}/slack/oauth_redirect${back.search}`, { headers: { cookie: changes.cookie ?? cookie } });
}

const message = {
  id: 'm1',
  channel: `${TEAM}/${CHANNEL}`,
  threadOf: null,
  onlyFor: null,
  handle: null,
  handleSince: null,
  content: { summary: 'Hello', tone: 'neutral', elements: [] },
} as const;

describe('installing in another workspace', () => {
  test('keeps its token sealed, and works from then on', async () => {
    expect(await send(served, signedForm(command('/help')))).toMatchObject({ status: 200 });
    expect(intake.kept, 'not before').toHaveLength(0);
    expect(await served.slack.messenger.post(message)).toMatchObject({ kind: 'refused', channelIsGone: true });

    const done = await install();
    expect({ status: done.status, text: await done.text() }).toEqual({
      status: 200,
      text: expect.stringContaining('Shipmate is installed'),
    });
    const sealed = Buffer.from(rows.rows.get(TEAM) ?? []);
    expect(sealed.includes('xoxb')).toBe(false);
    rows.rows.set('T999999999', sealed);
    const elsewhere = await served.slack.messenger.post({ ...message, channel: 'T999999999/C1' });
    expect(elsewhere, 'good for this workspace only').toEqual({ kind: 'unavailable', reason: 'the installation could not be read' });

    await send(served, signedForm(command('/help')));
    expect(intake.kept).toHaveLength(1);
    expect(await served.slack.messenger.post(message)).toMatchObject({ kind: 'delivered' });
    expect(peer.callsOf('chat.postMessage').at(-1)?.token).not.toBe(BOT_TOKEN);
  });

  test('is answered so that it stays inert in a browser, also where Bolt writes the answer', async () => {
    const answers = [
      await fetch(`${served.url}/slack/install`, { redirect: 'manual' }),
      await fetch(`${served.url}/slack/oauth_redirect?code=x`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([302, 400]);
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  test('may be finished by another process than the one that began it', async () => {
    const other = await serve();
    const started = await fetch(`${served.url}/slack/install`, { redirect: 'manual' });
    expect(started.status).toBe(302);
    expect((await install({}, other)).status).toBe(200);
    await other.close();
  });

  test.each<[string, Parameters<typeof install>[0]]>([
    ['without the cookie of the browser that began it', { cookie: '' }],
    ['with another state', { state: 'eyJhbGciOiJIUzI1NiJ9.e30.x' }],
    ['with an invented code', { code: 'invented' }],
  ])('%s is refused and says what to do', async (_, changes) => {
    const refused = await install(changes);
    expect({ status: refused.status, text: await refused.text() }).toEqual({
      status: 400,
      text: expect.stringContaining('Start again at /slack/install'),
    });
    expect(rows.rows.size).toBe(0);
  });

  test('asks for the scopes of the manifest and nothing more', async () => {
    const started = await fetch(`${served.url}/slack/install`, { redirect: 'manual' });
    const asked = new URL(started.headers.get('location') ?? '').searchParams;
    expect(asked.get('scope')?.split(',')).toContain('chat:write');
    expect(asked.get('user_scope') ?? '').toBe('');
  });
});

describe('a workspace that goes', () => {
  test.each<[string, Record<string, unknown>]>([
    ['uninstalls the app', { type: 'app_uninstalled' }],
    ['revokes the bot’s token', { type: 'tokens_revoked', tokens: { oauth: [], bot: ['U0SHIPMATE'] } }],
  ])('because it %s is forgotten', async (_, inner) => {
    await install();
    now += 60_000;
    expect((await send(served, signedEvent(event(inner, { event_time: Math.floor(now / 1000) })))).status).toBe(200);
    expect(rows.rows.size).toBe(0);
    expect(await served.slack.messenger.post(message)).toMatchObject({ kind: 'refused', channelIsGone: true });
  });

  test('and comes back stays, even if the word of its going arrives again', async () => {
    const gone = event({ type: 'app_uninstalled' }, { event_time: Math.floor(now / 1000) - 60 });
    await install();
    await send(served, signedEvent(gone, { num: 2, reason: 'http_timeout' }));
    expect(rows.rows.size).toBe(1);
  });

  test('stays when only a person’s token was revoked', async () => {
    await install();
    await send(
      served,
      signedEvent(event({ type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: [] } }, { event_time: Math.floor(now / 1000) + 60 })),
    );
    expect(rows.rows.size).toBe(1);
  });

  test('is noticed in another process within a quarter of a minute', async () => {
    await install();
    const other = await serve();
    expect(await other.slack.messenger.post(message)).toMatchObject({ kind: 'delivered' });
    await rows.remove(TEAM);
    now += 16_000;
    expect(await other.slack.messenger.post(message)).toMatchObject({ kind: 'refused' });
    await other.close();
  });
});

describe('while the database is away', () => {
  test('a workspace that is known works on, and any other is not taken for uninstalled', async () => {
    await install();
    expect(await served.slack.messenger.post(message)).toMatchObject({ kind: 'delivered' });
    now += 60_000;
    rows.isBroken = true;
    expect(await served.slack.messenger.post(message)).toMatchObject({ kind: 'delivered' });
    intake.unavailable = 'Shipmate cannot reach its database.';
    expect((await send(served, signedForm(command('/help')))).body).toMatchObject({ response_type: 'ephemeral' });
    const fresh = await serve();
    expect(await fresh.slack.messenger.post(message)).toEqual({ kind: 'unavailable', reason: 'the installation could not be read' });
    expect((await send(fresh, signedForm(command('/help')))).status).toBe(503);
    await fresh.close();
  });
});

test('without a public address there is nowhere to come back to', async () => {
  await expect(
    serveSlack({ publicUrl: null, access: { kind: 'oauth', clientId: 'x', clientSecret: 'y', installations: rows, sealer } }),
  ).rejects.toThrow('public address');
});
