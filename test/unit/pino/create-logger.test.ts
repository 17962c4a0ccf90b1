import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../adapters/pino/create-logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void, level = 'debug'): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger({ level, pretty: false, destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line));
}

describe('createLogger', () => {
  it('writes one object a line: time, level, bindings, fields, message', () => {
    const [line] = logged((logger) => logger.child({ deploymentId: 'd1' }).info({ stack: 'shop-staging' }, 'it runs'));
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      deploymentId: 'd1',
      stack: 'shop-staging',
      msg: 'it runs',
    });
  });

  it('leaves out what is below its level', () => {
    const lines = logged((logger) => {
      logger.debug({}, 'no');
      logger.info({}, 'no');
      logger.warn({}, 'yes');
      logger.error({}, 'yes');
    }, 'warn');
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'error']);
  });

  it.each([
    'password',
    'dbPassword',
    'token',
    'SLACK_BOT_TOKEN',
    'client_secret',
    'Authorization',
    'cookie',
    'set-cookie',
    'databaseUrl',
    'DATABASE_URL',
    'apiKey',
    'x-api-key',
    'private_key',
    'SHIPMATE_KEYS',
    'connectionString',
    'response_url',
  ])('never writes a value under the key %s, at any depth, in bindings either', (key) => {
    const lines = logged((logger) => {
      logger.info({ [key]: 'hunter2' }, 'flat');
      logger.info({ a: [{ b: { [key]: { inner: 'hunter2' } } }] }, 'deep');
      logger.child({ [key]: 'hunter2' }).info({}, 'child');
      logger.info({ map: new Map([[key, 'hunter2']]) }, 'map');
    });
    expect(lines).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(JSON.stringify(lines)).toContain('[redacted]');
  });

  it('keeps what only resembles a secret', () => {
    const [line] = logged((logger) => logger.info({ key: 'card:1', hasPassword: true, maxTokens: 5, planHash: 'abc', author: 'ada' }, 'm'));
    expect(line).toMatchObject({ key: 'card:1', hasPassword: true, maxTokens: 5, planHash: 'abc', author: 'ada' });
  });

  it.each([
    ['postgresql://shipmate:hunter2@127.0.0.1:5432/shipmate', 'postgresql://shipmate:***@127.0.0.1:5432/shipmate'],
    ['redis://:hunter2@cache:6379', 'redis://:***@cache:6379'],
    ['postgres://u:hunter2@h and postgres://u:hunter2@h', 'postgres://u:***@h and postgres://u:***@h'],
    ['Authorization: Bearer hunter2hunter2', 'Authorization: Bearer ***'],
    ['token xoxb-hunter2hunter2', 'token ***'],
    ['our own token shm_hunter2hunter2', 'our own token ***'],
    ['a hook’s secret whsec_AA+hunter2/hunter2==', 'a hook’s secret ***'],
  ])('masks the secret in %s wherever the text stands', (text, masked) => {
    const [line] = logged((logger) => logger.warn({ target: text, err: new Error(text, { cause: new Error(text) }) }, text));
    expect(JSON.stringify(line)).not.toContain('hunter2');
    expect(line).toMatchObject({ target: masked, msg: masked, err: { message: masked, cause: { message: masked } } });
  });

  it('writes an error with its code, its cause and the errors in it', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const error = new AggregateError([cause], 'all failed', { cause });
    const [line] = logged((logger) => logger.error({ err: error }, 'm'));
    expect(line).toMatchObject({
      err: {
        type: 'AggregateError',
        message: 'all failed',
        stack: expect.stringContaining('create-logger.test'),
        cause: { type: 'Error', message: 'refused', code: 'ECONNREFUSED' },
        errors: [{ code: 'ECONNREFUSED' }],
      },
    });
    expect(logged((logger) => logger.error(error, 'bare'))[0]).toMatchObject({ err: { message: 'all failed' } });
  });

  it('survives what cannot be written down', () => {
    const circle: Record<string, unknown> = { name: 'a' };
    circle['self'] = circle;
    const shared = { one: 1 };
    const [line] = logged((logger) =>
      logger.info(
        {
          circle,
          twice: [shared, shared],
          big: 10n,
          bytes: Buffer.from('hunter2'),
          long: 'x'.repeat(100_000),
          date: new Date(0),
          bad: new Date(Number.NaN),
          call: () => 1,
        },
        'm',
      ),
    );
    expect(line).toMatchObject({
      circle: { name: 'a', self: '[circular]' },
      twice: [{ one: 1 }, { one: 1 }],
      big: '10',
      bytes: '[7 bytes]',
      date: '1970-01-01T00:00:00.000Z',
      bad: 'invalid date',
      call: '[function]',
    });
    expect(String(line?.['long']).length).toBeLessThan(17_000);
  });
});
