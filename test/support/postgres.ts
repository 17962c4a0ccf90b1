import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { AesSealer } from '../../adapters/crypto/aes-sealer.ts';
import { createLogger } from '../../adapters/pino/create-logger.ts';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.ts';
import type { Logger } from '../../src/ports/logger.ts';

export type TestDatabase = {
  /** As the owner, who may do everything. */
  readonly url: string;
  /** As the role that Shipmate works as, and so `database` and every other view. */
  readonly appUrl: string;
  readonly database: PostgresDatabase;
  /** Another process's view of the same database. */
  another(): PostgresDatabase;
  /** Closes every view and drops it. */
  drop(): Promise<void>;
};

/** Of private messages; every view of a database has the same. */
export const MESSAGE_SEALER = new AesSealer([{ id: 'messages', bytes: randomBytes(32) }]);

export const silentLogger: Logger = createLogger({ level: 'silent', pretty: false });

/** A database of its own for a test file, copied from the migrated template in a few milliseconds. `isMigrated: false` gives an empty one. */
export async function createTestDatabase(options: { isMigrated?: boolean; poolSize?: number } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = options.isMigrated === false ? 'template0' : inject('templateDatabase');
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const [url, appUrl] = [inject('postgresUrl'), inject('postgresAppUrl')].map((address) => new URL(`/${name}`, address).href);
  if (url === undefined || appUrl === undefined) throw new Error('there are two');
  const views: PostgresDatabase[] = [];
  const another = () => {
    const view = new PostgresDatabase({
      connectionString: appUrl,
      ownerUrl: url,
      logger: silentLogger,
      sealer: MESSAGE_SEALER,
      poolSize: options.poolSize ?? 5,
    });
    views.push(view);
    return view;
  };
  return {
    url,
    appUrl,
    database: another(),
    another,
    async drop() {
      await Promise.all(views.map((view) => view.close()));
      await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** One statement as the server's owner. */
async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
