import { PostgresDatabase } from '../../adapters/postgres/postgres-database.ts';
import { databaseUrls } from './database-urls.ts';
import { start } from './start.ts';

/** `shipmate migrate`: brings the database up to this version of Shipmate, and gives its role what it needs. */
export async function migrate(): Promise<void> {
  const started = start();
  const { logger, closers } = started;
  try {
    const database = new PostgresDatabase({ ...(await databaseUrls(started)), logger });
    closers.add('database', () => database.close());
    const done = await database.migrate();
    process.stdout.write(done.length === 0 ? 'The database is up to date.\n' : `Ran ${done.join(', ')}.\n`);
  } finally {
    await closers.closeAll();
  }
}
