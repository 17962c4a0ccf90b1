import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../adapters/embedded-postgres/start-embedded-postgres.ts';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.ts';
import { start } from './start.ts';

/** `shipmate migrate`: brings the database up to this version of Shipmate. */
export async function migrate(): Promise<void> {
  const { settings, logger, closers } = start();
  try {
    let connectionString = settings.databaseUrl?.reveal();
    if (connectionString === undefined) {
      const postgres = await startEmbeddedPostgres({ dataDir: join(settings.dataFolder, 'postgres'), logger });
      closers.add('embedded Postgres', () => postgres.stop());
      connectionString = postgres.url;
    }
    const database = new PostgresDatabase({ connectionString, logger });
    closers.add('database', () => database.close());
    const done = await database.migrate();
    process.stdout.write(done.length === 0 ? 'The database is up to date.\n' : `Ran ${done.join(', ')}.\n`);
  } finally {
    await closers.closeAll();
  }
}
