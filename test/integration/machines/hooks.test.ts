import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answered, MachineLab } from '../../support/machines/machine-lab.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

/** Signed deliveries over HTTP, on the real database. */
let test: TestDatabase;
let lab: MachineLab;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 20 });
});
afterAll(() => test.drop());
beforeEach(async () => {
  lab = await MachineLab.open(test);
  return () => lab.close();
});

const says = ({ status, body }: Answered) => `${status} ${body['code'] ?? body['status']}`;
const deployments = () => test.database.stores.deployments.list({ app: lab.app, limit: 50 });
const release = { environment: 'staging', version: '1.0.0', reason: 'built' };

describe('a signed delivery', () => {
  it('proposes as its hook, with the roles of whom it acts for', async () => {
    const answered = await lab.hook(release);
    expect(says(answered)).toBe('202 proposed');
    expect(answered.body['deployment']).toMatchObject({ app: lab.app, version: '1.0.0', requester: { id: `hook:${lab.owner.id}/ci` } });
    lab.roles = { ...lab.roles, owner: [] };
    expect((await lab.hook(release)).status).toBe(404);
    expect(await lab.audit('hook:ci')).toContain('hook.refused system refused unknown_app');
  });

  it('is the one that Standard Webhooks describes', async () => {
    // The example of https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: id, timestamp and body joined by full stops.
    const id = `msg_${randomUUID()}`;
    const at = Date.now();
    const body = JSON.stringify(release);
    const signed = createHmac('sha256', lab.key)
      .update(`${id}.${Math.floor(at / 1000)}.${body}`)
      .digest('base64');
    expect(says(await lab.hook(body, { id, at, signature: `v1a,${'A'.repeat(88)} v1,${'A'.repeat(44)} v1,${signed}` }))).toBe(
      '202 proposed',
    );
  });

  it('counts with either of two secrets while one replaces the other', async () => {
    const next = randomBytes(32);
    lab.hookKeys = () => [next, lab.key];
    expect((await lab.hook(release)).status).toBe(202);
    expect((await lab.hook(release, { key: next })).status).toBe(202);
  });

  it.each<[what: string, body: string | object, changes: Parameters<MachineLab['hook']>[1]]>([
    ['another secret', release, { key: randomBytes(32) }],
    ['another body', release, { signed: JSON.stringify({ ...release, version: '6.6.6' }) }],
    ['no scheme', release, { signature: 'AAAA' }],
    ['another scheme', release, { signature: `v2,${'A'.repeat(44)}` }],
    ['an empty signature', release, { signature: 'v1,' }],
    ['an old time', release, { at: Date.now() - 301_000 }],
    ['a time to come', release, { at: Date.now() + 3_600_000 }],
    ['an id with a full stop', release, { id: 'msg.1' }],
    ['a hook that is not there', release, { name: 'nothing' }],
    ['a hook of every object', release, { name: 'constructor' }],
  ])('is not one with %s: it has no effect and is recorded', async (_what, body, changes) => {
    expect(says(await lab.hook(body, changes))).toBe('401 unsigned');
    expect(await deployments()).toEqual([]);
    expect((await lab.audit(`hook:${changes?.name ?? 'ci'}`))[0]).toMatch(/^hook\.refused system refused (headers|signature|unknown)$/);
  });

  it('is nobody’s when the secret cannot be read any more', async () => {
    lab.hookKeys = () => [];
    expect(says(await lab.hook(release))).toBe('401 unsigned');
  });

  it.each([
    ['no JSON', '{', '422 invalid_request'],
    ['a list', '[]', '422 invalid_request'],
    ['an unknown member', { ...release, app: 'other' }, '422 invalid_request'],
    ['no version', { environment: 'staging' }, '422 invalid_request'],
    ['a hostile version', { environment: 'staging', version: '../x' }, '422 invalid_request'],
    ['an environment that is not the hook’s', { ...release, environment: 'production' }, '422 invalid_request'],
    ['half a character', Buffer.from([0x22, 0xff, 0x22]).toString('latin1'), '422 invalid_request'],
  ])('that says %s does nothing', async (_what, body, answer) => {
    expect(says(await lab.hook(body))).toBe(answer);
    expect(await deployments()).toEqual([]);
  });
});

describe('a delivery that is sent again', () => {
  it('has one effect, also when it comes a thousand times at once', async () => {
    const id = `msg_${randomUUID()}`;
    const at = Date.now();
    const answers = await Promise.all(Array.from({ length: 1000 }, () => lab.hook(release, { id, at })));
    const counted = new Map<string, number>();
    for (const answer of answers) counted.set(says(answer), (counted.get(says(answer)) ?? 0) + 1);
    expect(Object.fromEntries(counted)).toEqual({ '202 proposed': 1, '200 repeated': 999 });
    expect(await deployments()).toHaveLength(1);
    expect((await lab.hook(release, { id, at })).body['deployment']).toMatchObject({ id: (await deployments())[0]?.id });
  });

  it('has none either with another body: its id is used up', async () => {
    const id = `msg_${randomUUID()}`;
    await lab.hook(release, { id });
    expect(says(await lab.hook({ ...release, version: '2.0.0' }, { id }))).toBe('200 repeated');
    expect((await deployments()).map(({ version }) => version)).toEqual(['1.0.0']);
  });

  it('has none after a refusal, even if it would be allowed by then', async () => {
    const id = `msg_${randomUUID()}`;
    const { roles } = lab;
    lab.roles = { ...roles, owner: [] };
    expect((await lab.hook(release, { id })).status).toBe(404);
    lab.roles = roles;
    expect(says(await lab.hook(release, { id }))).toBe('200 repeated');
    expect(await deployments()).toEqual([]);
  });

  it('has its effect when the first one broke on our side', async () => {
    const id = `msg_${randomUUID()}`;
    lab.whileReading = () => Promise.reject(new Error('out of memory'));
    expect((await lab.hook(release, { id })).status).toBe(500);
    lab.whileReading = () => Promise.resolve();
    expect(says(await lab.hook(release, { id }))).toBe('202 proposed');
  });
});

describe('a body that is too long', () => {
  it('is refused before anything is hashed, and the connection is not fed to its end', async () => {
    let asked = 0;
    lab.hookKeys = () => {
      asked += 1;
      return [lab.key];
    };
    expect(says(await lab.hook({ ...release, reason: 'x'.repeat(20_000) }))).toBe('413 too_large');
    const { hostname, port } = new URL(lab.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write('POST /hooks/deploy/ci HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
        // Says no length and does not end: the limit has to hold while it comes in.
        const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
        socket.write(chunk.repeat(4));
      });
      socket.once('data', (data) => {
        resolve(String(data));
        socket.destroy();
      });
      socket.on('error', () => undefined);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
    expect(asked).toBe(0);
  });
});
