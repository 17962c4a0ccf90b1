import { randomBytes, randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { SwarmOrchestrator } from '../../../adapters/swarm/swarm-orchestrator.ts';
import { silentLogger } from '../../support/postgres.ts';
import { command, type OpenedView, SIGNING_SECRET, send, signedForm, submission, typed } from '../../support/slack/sender.ts';
import { ADMIN, BOT_TOKEN, CHANNEL, SlackPeer, TEAM } from '../../support/slack/slack-peer.ts';
import { buildTestImages, TEST_IMAGES } from '../../support/test-images.ts';
import { Processes } from './processes.ts';

/** A value that is found wherever it should not be: set through the chat, delivered by the real engine. */
const CANARIES = { web: newCanary(), slack: newCanary(), typed: newCanary(), failed: newCanary() };
const SECRET = Buffer.from(SIGNING_SECRET).toString('hex');

function newCanary(): string {
  return `canary-${randomBytes(12).toString('hex')}`;
}

let slack: SlackPeer;
let processes: Processes;
let docker: Docker;
let cookie = '';
/** Everything that the browser chat or Slack got to see. */
const answers: string[] = [];

beforeAll(async () => {
  docker = connectDocker(inject('dockerHost'));
  slack = await SlackPeer.start();
  const environment = { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SECRET, SLACK_API_URL: slack.apiUrl };
  [processes] = await Promise.all([Processes.start({ environment, account: `${TEAM}/${ADMIN}` }), buildTestImages(docker)]);
  const headers = { 'content-type': 'application/json', origin: processes.url };
  const session = await fetch(`${processes.url}/api/v1/chat/session`, { method: 'POST', headers, body: JSON.stringify({ person: 'ada' }) });
  cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
});
afterAll(async () => {
  await processes?.stop();
  await slack?.stop();
  await new SwarmOrchestrator({ docker, logger: silentLogger, encryptNetworks: false }).removeStack(`${processes.app}-staging`, {
    volumes: true,
  });
});

async function web(path: string, body: object | null): Promise<{ status: number; text: string }> {
  const response = await fetch(`${processes.url}/api/v1/chat${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { cookie, origin: processes.url, ...(body === null ? {} : { 'content-type': 'application/json' }) },
    ...(body === null ? {} : { body: JSON.stringify({ deliveryId: randomUUID(), channel: 'deploys', ...body }) }),
  });
  const text = await response.text();
  answers.push(text);
  return { status: response.status, text };
}

const say = (text: string) => web('/messages', { text });
const submit = (values: Record<string, string>) => web('/actions', { action: `secret-set:${processes.app}.staging`, values });

async function channelSays(...words: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const { text } = await web('/channels/deploys/messages?limit=50', null);
      for (const word of words) expect(text).toContain(word);
    },
    { timeout: 90_000, interval: 200 },
  );
}

async function runs<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: processes.test.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Every row of every table of every schema, the queue's included, as text; bytes are hexadecimal in it. */
const dump = (): Promise<string> =>
  runs(async (client) => {
    const { rows } = await client.query<{ schema: string; name: string }>(
      "SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')",
    );
    const found: string[] = [];
    for (const { schema, name } of rows) {
      const all = await client.query<{ row: string }>(`SELECT t::text AS row FROM "${schema}"."${name}" t`);
      found.push(`${schema}.${name}`, ...all.rows.map(({ row }) => row));
    }
    return found.join('\n');
  });

/** As it is, and as bytes and Base64 show it. */
function formsOf(canary: string): readonly string[] {
  const bytes = Buffer.from(canary);
  return [canary, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '').slice(0, -1)];
}

function expectAbsent(haystack: string, where: string): void {
  for (const [which, canary] of Object.entries(CANARIES)) {
    for (const form of formsOf(canary)) expect(haystack.includes(form), `the value of “${which}” is in ${where}`).toBe(false);
  }
}

async function containerOf(): Promise<Docker.Container> {
  const list = await docker.listContainers({ filters: { label: [`com.docker.stack.namespace=${processes.app}-staging`] } });
  const [newest] = list.filter(({ State }) => State === 'running').sort((a, b) => b.Created - a.Created);
  if (newest === undefined) throw new Error('nothing runs');
  return docker.getContainer(newest.Id);
}

/** What a program in the container reads. */
async function secretInContainer(): Promise<string> {
  const container = await containerOf();
  const read = "process.stdout.write(require('node:fs').readFileSync('/run/secrets/db_url'))";
  const exec = await container.exec({ Cmd: ['node', '-e', read], AttachStdout: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  let output = '';
  for await (const chunk of stream) output += String(chunk);
  return output;
}

describe('a secret set through the chat', () => {
  it('is refused as a word of a command, and whoever typed it is warned', async () => {
    const { text } = await say(`/secret set ${processes.app} staging DB_URL ${CANARIES.typed}`);
    expect(text).toContain('treat it as known');
    const fields = command(`/secret set ${processes.app} staging DB_URL=${CANARIES.typed}`, { channel_id: CHANNEL, user_id: ADMIN });
    expect((await send(processes, signedForm(fields, { secret: SECRET }))).status).toBe(200);
  });

  it('is in no answer when its form fails', async () => {
    expect((await submit({ name: 'DB URL', value: CANARIES.failed })).text).toContain('not a name');
    expect((await web('/actions', { action: '!', values: { value: `${CANARIES.failed}\0` } })).status).toBe(400);
    expect(
      (await web('/actions', { action: 'secret-set:nothing.staging', values: { name: 'DB_URL', value: CANARIES.failed } })).text,
    ).toContain('unknown_app');
    await runs((client) => client.query('ALTER TABLE secrets RENAME TO secrets_away'));
    const broken = await submit({ name: 'DB_URL', value: CANARIES.failed });
    await runs((client) => client.query('ALTER TABLE secrets_away RENAME TO secrets'));
    expect(broken.text).toContain('message');
    await vi.waitFor(() => expect(processes.printed).toContain('a command broke'));
  });

  it('reaches the container as a file, with the form of the browser chat', async () => {
    expect(JSON.parse((await say(`/secret set ${processes.app} staging DB_URL`)).text)).toMatchObject({ kind: 'form' });
    await submit({ name: 'DB_URL', value: CANARIES.web });
    await channelSays(`DB_URL of ${processes.app} staging is set: version 1`);
    await say(`/deploy ${processes.app} staging ${TEST_IMAGES.good.split(':')[1]}`);
    await channelSays('staging runs');
    expect(await secretInContainer()).toBe(CANARIES.web);
  });

  it('changes with the next deployment, with the form of Slack; a rollback brings the value of then', async () => {
    const before = slack.callsOf('views.open').length;
    const fields = command(`/secret set ${processes.app} staging DB_URL`, {
      channel_id: CHANNEL,
      user_id: ADMIN,
      trigger_id: await slack.triggerId(),
    });
    await send(processes, signedForm(fields, { secret: SECRET }));
    await vi.waitFor(() => expect(slack.callsOf('views.open').length).toBe(before + 1), { timeout: 20_000 });
    const view = { id: 'V1', hash: '1.a', ...JSON.parse(slack.callsOf('views.open').at(-1)?.body['view'] ?? '{}') } as OpenedView;
    const sent = async (name: string, hash: string) => {
      const payload = submission({ ...view, hash }, { 'field-name': typed(name), 'hides-value': typed(CANARIES.slack) });
      const answer = await send(processes, signedForm({ payload: JSON.stringify(payload) }, { secret: SECRET }));
      answers.push(JSON.stringify(answer.body));
      return answer.body;
    };
    expect(await sent('DB URL', '1.a')).toMatchObject({ response_action: 'errors' });
    expect(await sent('DB_URL', '1.b')).toEqual({ response_action: 'clear' });
    await vi.waitFor(async () => {
      const version = await processes.test.database.stores.secrets.newest({ app: processes.app, environment: 'staging', name: 'DB_URL' });
      expect(version?.version).toBe(2);
    });
    expect(await secretInContainer()).toBe(CANARIES.web);

    await say(`/deploy ${processes.app} staging`);
    await vi.waitFor(async () => expect(await secretInContainer()).toBe(CANARIES.slack), { timeout: 90_000, interval: 300 });
    await vi.waitFor(
      async () => {
        const deployments = await processes.test.database.stores.deployments.list({ stack: `${processes.app}-staging`, limit: 5 });
        expect(deployments.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
      },
      { timeout: 90_000, interval: 200 },
    );
    await say(`/rollback ${processes.app} staging 1 --yes`);
    await vi.waitFor(async () => expect(await secretInContainer()).toBe(CANARIES.web), { timeout: 90_000, interval: 300 });
  });

  it('is nowhere else: no log, table, message, queue, audit, process or specification', async () => {
    await say(`/logs ${processes.app} staging`);
    await say(`/secret list ${processes.app} staging`);
    await say(`/secret history ${processes.app} staging`);
    await say(`/plan ${processes.app} staging`);
    await say(`/history ${processes.app} staging`);
    await channelSays('what was written');

    const created = await say(`/token create ci --app ${processes.app} --environment staging`);
    const token = /shm_[A-Za-z0-9_-]{49}/.exec(created.text)?.[0] ?? 'no token was shown';
    expect(created.text).toContain(token);

    expectAbsent(processes.printed, 'a log');
    expect(processes.printed).not.toContain(token);
    expect(processes.printed).toContain('worker ready');
    const tables = await dump();
    expect(tables).toContain('secret.set');
    expect(tables).toContain('public.messages');
    expect(tables.toLowerCase()).toContain('bullmq');
    expectAbsent(tables, 'the database');
    expect(tables).not.toContain(token);
    expectAbsent(answers.join('\n'), 'an answer');
    expectAbsent(slack.calls.map((call) => JSON.stringify(call)).join('\n'), 'what Slack was told');
    const seen = await processes.seenByOthers();
    expect(seen).toContain('worker');
    expectAbsent(seen, 'a command line or an environment');

    const filters = { label: [`com.docker.stack.namespace=${processes.app}-staging`] };
    const services = await docker.listServices({ filters });
    expect(services).toHaveLength(1);
    expectAbsent(JSON.stringify(services), 'a service');
    expectAbsent(JSON.stringify(await docker.listTasks({ filters })), 'a task');
    expectAbsent(JSON.stringify(await docker.listSecrets({ filters })), 'a secret of the engine');
    expectAbsent(JSON.stringify(await (await containerOf()).inspect()), 'a container');
  });

  it('does not stay in what was delivered: Slack’s payloads are sealed and gone once they are answered', async () => {
    const { rows } = await runs((client) => client.query('SELECT count(*)::int AS kept, count(payload)::int AS payloads FROM intake'));
    expect(rows[0].kept).toBeGreaterThanOrEqual(4);
    expect(rows[0].payloads).toBe(0);
  });
});

describe('a link or a code that works for whoever has it', () => {
  it('is shown to its person, and stands in no table, log or queue as it is', async () => {
    await say('/mfa add');
    await say('/link');
    const shown = async () => (await web('/channels/deploys/messages?limit=50', null)).text;
    await vi.waitFor(async () => expect(await shown()).toMatch(/\/mfa\/[\w-]{43}/));
    const link = /\/mfa\/([\w-]{43})/.exec(await shown())?.[1] ?? '';
    expect((await fetch(`${processes.url}/mfa/${link}`, { headers: { cookie } })).status).toBe(200);
    await vi.waitFor(async () => expect(await shown()).toMatch(/"[A-Z2-9]{5}-[A-Z2-9]{5}"/));
    const code = /"([A-Z2-9]{5}-[A-Z2-9]{5})"/.exec(await shown())?.[1] ?? '';
    const tables = await dump();
    expect(tables).toContain('web_sessions');
    for (const canary of [link, code, cookie.split('=')[1] ?? '']) {
      expect(canary.length).toBeGreaterThanOrEqual(11);
      for (const form of formsOf(canary)) {
        expect(tables).not.toContain(form);
        expect(processes.printed).not.toContain(form);
      }
    }
  });
});
