import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideApproval } from '../../../src/application/approvals/decide-approval.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { type Answered, MachineLab } from '../../support/machines/machine-lab.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { someRecoveryCodes } from '../../support/second-factor/person-with-factors.ts';

/** API tokens over HTTP, on the real database. */
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

const DAY = 24 * 3_600_000;
const code = ({ status, body }: Answered) => `${status} ${body['code'] ?? body['state']}`;

describe('a token', () => {
  it('is kept as its hash only, and nowhere else', async () => {
    const { secret } = await lab.token();
    expect(secret).toMatch(/^shm_[A-Za-z0-9_-]{49}$/);
    const client = new pg.Client({ connectionString: test.url });
    await client.connect();
    const tables = await client.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`);
      for (const { row } of rows) expect(row.includes(secret), name).toBe(false);
    }
    const { rows } = await client.query('SELECT hash FROM api_tokens ORDER BY created_at DESC LIMIT 1');
    await client.end();
    expect(rows[0].hash).toBe(createHash('sha256').update(secret).digest('hex'));
  });

  it('proposes, looks, and is remembered as used', async () => {
    const { id, secret } = await lab.token();
    const proposed = await lab.propose(secret, { reason: 'from CI' });
    expect(code(proposed)).toBe('202 queued');
    const requester = { id: `token:${lab.owner.id}/${id}`, name: 'ci (token of Ada)' };
    expect(proposed.body).toMatchObject({ app: lab.app, version: '1.0.0', reason: 'from CI', requester });
    const deployment = String(proposed.body['id']);
    expect((await lab.call('GET', `/api/v1/deployments/${deployment}`, secret)).body).toMatchObject({ id: deployment });
    expect((await lab.call('GET', `/api/v1/deployments?app=${lab.app}&environment=staging`, secret)).body['deployments']).toHaveLength(1);
    const status = await lab.call('GET', `/api/v1/apps/${lab.app}/environments/staging`, secret);
    expect(status.body).toMatchObject({ app: lab.app, environment: 'staging', version: null, open: [{ id: deployment }] });
    const [listed] = await lab.useCases.listTokens({ person: lab.owner });
    expect(listed?.lastUsedAt).not.toBeNull();
    expect(await lab.audit(`${lab.app}/staging`)).toContain(`deployment.request ${requester.id} done`);
  });

  it('leaves a record of every proposal that is refused, whatever refused it', async () => {
    const { id, secret } = await lab.token({ environments: ['staging', 'production'] });
    const line = (why: string) => `api.refused token:${lab.owner.id}/${id} refused ${why}`;
    lab.roles = { ...lab.roles, developer: [] };
    expect(code(await lab.propose(secret, { environment: 'production' }))).toBe('409 no_approvers');
    expect(await lab.audit(`${lab.app}/production`)).toEqual([line('no_approvers')]);
    expect(code(await lab.propose(secret, { version: 'not a version' }))).toBe('422 invalid_arguments');
    expect(await lab.audit(`${lab.app}/staging`)).toEqual([line('invalid_arguments')]);
  });

  it('is not in force without being one of ours, when it is over, or when it was revoked; each no is recorded', async () => {
    const { id, secret } = await lab.token();
    const changed = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    for (const bearer of [null, '', 'x', changed, `shm_${'a'.repeat(49)}`]) {
      const answered = await lab.call('GET', `/api/v1/deployments?app=${lab.app}`, bearer);
      expect(code(answered)).toBe('401 unknown_token');
      expect(answered.type).toContain('application/problem+json');
    }
    expect((await lab.audit('token')).filter((line) => line === 'api.refused system refused unknown').length).toBeGreaterThanOrEqual(5);
    expect(await lab.useCases.revokeToken({ person: lab.other, token: id, source: 'web:ops' })).toMatchObject({ refused: 'unknown_token' });
    expect(await lab.useCases.revokeToken({ person: lab.owner, token: 'ci', source: 'web:ops' })).toMatchObject({ id });
    expect(code(await lab.propose(secret))).toBe('401 unknown_token');
    expect(await lab.audit(`token:${id}`)).toEqual([
      'api.refused system refused revoked',
      `token.revoke ${lab.owner.id} done`,
      `token.create ${lab.owner.id} done`,
    ]);
    const short = await lab.token({}, DAY);
    lab.aheadMs = DAY + 1000;
    expect(code(await lab.propose(short.secret))).toBe('401 unknown_token');
    expect(await lab.audit(`token:${short.id}`)).toContain('api.refused system refused expired');
  });

  it('does only what its scope says, where it says', async () => {
    const viewer = await lab.token({ permissions: ['view'] });
    expect(code(await lab.propose(viewer.secret))).toBe('403 not_allowed');
    const { secret, id } = await lab.token();
    expect(code(await lab.propose(secret, { environment: 'production' }))).toBe('403 not_allowed');
    expect(code(await lab.propose(secret, { app: 'other' }))).toBe('403 not_allowed');
    expect(code(await lab.call('GET', `/api/v1/apps/${lab.app}/environments/production`, secret))).toBe('403 not_allowed');
    expect(await lab.audit(`${lab.app}/production`)).toContain(`api.refused token:${lab.owner.id}/${id} refused not_allowed`);
    // A deployment elsewhere looks like none.
    const elsewhere = await lab.token({ environments: ['production'] });
    const proposed = await lab.propose(elsewhere.secret, { environment: 'production' });
    expect(code(await lab.call('GET', `/api/v1/deployments/${proposed.body['id']}`, secret))).toBe('404 unknown_deployment');
    expect((await lab.call('GET', `/api/v1/deployments?app=${lab.app}`, secret)).body['deployments']).toEqual([]);
  });

  it('may never more than whoever made it: their role goes, and what it may goes with it', async () => {
    const { secret } = await lab.token();
    const proposed = await lab.propose(secret);
    expect(code(proposed)).toBe('202 queued');
    lab.roles = { ...lab.roles, owner: [], viewer: [lab.owner.id] };
    expect(code(await lab.propose(secret))).toBe('403 not_allowed');
    expect((await lab.call('GET', `/api/v1/apps/${lab.app}/environments/staging`, secret)).status).toBe(200);
    lab.roles = { ...lab.roles, viewer: [] };
    expect((await lab.call('GET', `/api/v1/apps/${lab.app}/environments/staging`, secret)).status).toBe(404);
    expect(code(await lab.call('GET', `/api/v1/deployments/${proposed.body['id']}`, secret))).toBe('404 unknown_deployment');
  });

  it('is not made by those who may not themselves, for longer than a year, or twice by one delivery', async () => {
    const make = (person = lab.other, more: object = {}) =>
      lab.useCases.createToken({
        person,
        name: 'ci',
        scope: { apps: [lab.app], environments: ['production'], permissions: ['deploy'] },
        forMs: DAY,
        delivery: { platform: 'web', deliveryId: 'twice' },
        source: 'web:ops',
        ...more,
      });
    expect(await make()).toMatchObject({ refused: 'not_allowed' });
    expect(await make({ ...lab.other, groups: [lab.owner.id] })).toMatchObject({ refused: 'not_allowed' });
    expect(await make(lab.owner, { forMs: 400 * DAY })).toMatchObject({ refused: 'invalid_arguments' });
    const machine = { id: `token:${lab.owner.id}/x`, name: 'ci', groups: [lab.owner.id] };
    expect(await make(machine)).toMatchObject({ refused: 'not_allowed' });
    const delivery = { platform: 'web', deliveryId: randomUUID() };
    expect(isRefusal(await make(lab.owner, { delivery }))).toBe(false);
    expect(await make(lab.owner, { delivery })).toMatchObject({ refused: 'already_done' });
  });
});

describe('making a token', () => {
  const source = 'web:ops';
  const wish = (person = lab.owner, environment = 'production') =>
    lab.useCases.createToken({
      person,
      name: 'ci',
      scope: { apps: [lab.app], environments: [environment], permissions: ['view'] },
      forMs: DAY,
      delivery: { platform: 'web', deliveryId: randomUUID() },
      source,
    });
  const wishOf = async () => {
    const asked = await wish();
    if (!('wish' in asked)) throw new Error('did not ask for a factor');
    return asked;
  };
  const made = async () => (await lab.useCases.listTokens({ person: lab.owner })).length;

  it('for a protected environment asks for the second factor, and whoever has none makes none', async () => {
    lab.roles = { ...lab.roles, admin: [lab.other.id] };
    expect(await wish(lab.other)).toMatchObject({ refused: 'factor_required', hint: expect.stringContaining('/mfa add') });
    expect(await wish(lab.other, 'staging')).toMatchObject({ token: { name: 'ci' } });
    lab.roles = { ...lab.roles, admin: [] };
  });

  it('asks whoever has a factor for it everywhere, and makes it when it is looked at, once', async () => {
    expect(await wish(lab.owner, 'staging')).toMatchObject({ factorRequest: { methods: ['totp'] } });
    const { wish: id, factorRequest } = await wishOf();
    expect(factorRequest.summary[0]).toContain(`Make the token “ci” for ${lab.app} in production`);
    const before = await made();
    const show = (person = lab.owner) => lab.useCases.showToken({ person, wish: id, source });
    const confirm = (code: string, person = lab.owner) =>
      lab.useCases.confirmToken({ person, wish: id, proof: { by: 'code', code }, source });
    const [code = '', other = ''] = await someRecoveryCodes(test, lab.owner);
    expect(await show()).toMatchObject({ refused: 'factor_required' });
    expect(await confirm('WRONGX-WRONGX-WRONGX-WRONGX')).toMatchObject({ refused: 'wrong_code' });
    expect(await confirm(code, lab.other)).toMatchObject({ refused: 'unknown_token' });
    expect(await show()).toMatchObject({ refused: 'factor_required' });
    expect(await confirm(code)).toEqual({ confirmed: id, name: 'ci' });
    expect(await made()).toBe(before);
    expect(await show(lab.other)).toMatchObject({ refused: 'unknown_token' });
    const shown = await Promise.all([show(), show(), show()]);
    const tokens = shown.flatMap((answer) => ('token' in answer ? [answer] : []));
    expect(tokens).toHaveLength(1);
    expect(await made()).toBe(before + 1);
    expect(code).not.toBe(other);
    expect(await confirm(other)).toMatchObject({ refused: 'already_done' });
    expect((await lab.call('GET', `/api/v1/apps/${lab.app}/environments/production`, tokens[0]?.secret ?? '')).status).toBe(200);
  });

  it('is over after ten minutes, and when its maker’s role is gone', async () => {
    const [code = '', other = ''] = await someRecoveryCodes(test, lab.owner);
    const first = await wishOf();
    lab.aheadMs += 10 * 60_000;
    expect(await lab.useCases.confirmToken({ person: lab.owner, wish: first.wish, proof: { by: 'code', code }, source })).toMatchObject({
      refused: 'request_over',
    });
    const second = await wishOf();
    await lab.useCases.confirmToken({ person: lab.owner, wish: second.wish, proof: { by: 'code', code: other }, source });
    const { roles } = lab;
    lab.roles = { ...roles, owner: [] };
    const before = await made();
    expect(await lab.useCases.showToken({ person: lab.owner, wish: second.wish, source })).toMatchObject({ refused: 'unknown_app' });
    expect(await made()).toBe(before);
    lab.roles = roles;
    lab.aheadMs -= 10 * 60_000;
  });
});

describe('a proposal', () => {
  it('for a protected environment waits for people, and neither the token nor its maker is one of them', async () => {
    const { secret, id } = await lab.token({ environments: ['production'] });
    const proposed = await lab.propose(secret, { environment: 'production' });
    expect(code(proposed)).toBe('202 awaiting_approval');
    const request = String(proposed.body['id']);
    const vote = async (person: object) => {
      const decided = await decideApproval(lab.parts, {
        person: person as never,
        request,
        decision: 'approve',
        reason: null,
        proof: null,
        source: 'web:ops',
      });
      return 'refused' in decided ? decided.refused : 'outcome' in decided ? decided.outcome : 'factor';
    };
    const machine = { id: `token:${lab.owner.id}/${id}`, name: 'ci', groups: [lab.owner.id] };
    expect(await vote(machine)).toBe('not_an_approver');
    expect(await vote(lab.owner)).toBe('own_request');
    expect(await vote(lab.other)).toBe('approved');
  });

  it('is refused at once when nobody but its maker could approve it', async () => {
    const { secret } = await lab.token({ environments: ['production'] });
    lab.roles = { ...lab.roles, developer: [] };
    expect(code(await lab.propose(secret, { environment: 'production' }))).toBe('409 no_approvers');
  });

  it('is one deployment for one key, also when it comes many times at once', async () => {
    const { secret } = await lab.token();
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => lab.propose(secret, {}, key)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.every(({ status }) => [200, 202, 409].includes(status))).toBe(true);
    const again = await lab.propose(secret, {}, key);
    expect(again.status).toBe(200);
    expect(code(await lab.propose(secret, { version: '2.0.0' }, key))).toBe('409 already_done');
    expect(await test.database.stores.deployments.list({ app: lab.app, limit: 50 })).toHaveLength(1);
  });

  it('that broke or was refused may be made again with its key', async () => {
    const { secret } = await lab.token();
    const key = { 'idempotency-key': randomUUID() };
    lab.whileReading = () => Promise.reject(new Error('out of memory'));
    expect(code(await lab.propose(secret, {}, key))).toBe('500 internal');
    lab.whileReading = () => Promise.resolve();
    expect(code(await lab.propose(secret, {}, key))).toBe('202 queued');
  });

  it.each<[what: string, body: object, headers: Record<string, string>, answer: string]>([
    ['an unknown member', { versoin: '1' }, {}, '400 invalid_request'],
    ['no version', { version: undefined }, {}, '400 invalid_request'],
    ['a version that is none', { version: 'a b' }, {}, '422 invalid_arguments'],
    ['a number for a name', { app: { name: 1 } }, {}, '400 invalid_request'],
    ['a long reason', { reason: 'x'.repeat(301) }, {}, '400 invalid_request'],
    ['no key', {}, { 'idempotency-key': '' }, '400 invalid_request'],
    ['another type', {}, { 'content-type': 'text/plain' }, '415 unsupported_media_type'],
    ['too much', { reason: 'x'.repeat(9000) }, {}, '413 too_large'],
  ])('with %s is refused as a problem', async (_what, body, headers, answer) => {
    const { secret } = await lab.token();
    const answered = await lab.propose(secret, body, headers);
    expect(code(answered)).toBe(answer);
    expect(answered.type).toContain('application/problem+json');
    expect(answered.body).toMatchObject({ type: 'about:blank', status: answered.status });
  });

  it('is one of 120 requests a minute of its token', async () => {
    const { secret } = await lab.token();
    const answers = await Promise.all(Array.from({ length: 130 }, () => lab.call('GET', `/api/v1/deployments?app=${lab.app}`, secret)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  });
});
