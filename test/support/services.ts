import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../adapters/embedded-postgres/start-embedded-postgres.ts';
import { ensureLocalEngine } from '../../adapters/local-engine/ensure-local-engine.ts';
import { createLogger } from '../../adapters/pino/create-logger.ts';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.ts';
import { startRedis } from './redis.ts';

export type TestServices = {
  readonly postgresUrl: string;
  readonly postgresAppUrl: string;
  readonly templateDatabase: string;
  readonly redisUrl: string;
  readonly dockerHost: string;
  stop(): Promise<void>;
};

/** Lost with the tests, so nothing needs to reach the disk. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Real Postgres, Redis and engine in temporary folders and on free ports; what was started when a later one fails is stopped again. */
export async function startTestServices(): Promise<TestServices> {
  const started = new AsyncDisposableStack();
  try {
    return await startInto(started);
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

async function startInto(started: AsyncDisposableStack): Promise<TestServices> {
  const folder = await mkdtemp(join(tmpdir(), 'shipmate-test-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const chosen = process.env['DOCKER_HOST'];
  const engine = await ensureLocalEngine({
    dataDir: join(folder, 'engine'),
    announce: (text) => console.log(text),
    consent: true,
    ...(chosen === undefined ? {} : { dockerHost: chosen }),
  });
  started.defer(() => engine.stop({ removeData: true }));
  const logger = createLogger({ level: 'error', pretty: false });
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), logger, settings: FAST });
  started.defer(() => postgres.stop());
  const redis = await startRedis(join(folder, 'redis'));
  started.defer(() => redis.stop());
  const template = new PostgresDatabase({ connectionString: postgres.appUrl, ownerUrl: postgres.url, logger, poolSize: 1 });
  await template.migrate();
  await template.close();
  const url = new URL(postgres.url);
  const templateDatabase = url.pathname.slice(1);
  url.pathname = '/postgres';
  return {
    postgresUrl: url.href,
    postgresAppUrl: postgres.appUrl,
    templateDatabase,
    redisUrl: redis.url,
    dockerHost: engine.dockerHost,
    stop: () => started.disposeAsync(),
  };
}
