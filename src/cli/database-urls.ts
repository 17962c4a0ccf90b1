import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../adapters/embedded-postgres/start-embedded-postgres.ts';
import type { Started } from './start.ts';

/** `connectionString` is what Shipmate works with; `ownerUrl` the same database as the owner of its tables, null when there is only one. */
export type DatabaseUrls = { readonly connectionString: string; readonly ownerUrl: string | null };

/** The configured database, or the embedded one, started or joined. */
export async function databaseUrls({ settings, logger, closers }: Started): Promise<DatabaseUrls> {
  const { databaseUrl, databaseMigrationUrl } = settings;
  if (databaseUrl !== null) return { connectionString: databaseUrl.reveal(), ownerUrl: databaseMigrationUrl?.reveal() ?? null };
  const postgres = await startEmbeddedPostgres({ dataDir: join(settings.dataFolder, 'postgres'), logger });
  closers.add('embedded Postgres', () => postgres.stop());
  return { connectionString: postgres.appUrl, ownerUrl: postgres.url };
}
