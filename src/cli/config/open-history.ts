import { AesSealer } from '../../../adapters/crypto/aes-sealer.ts';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import type { ConfigurationParts } from '../../application/keep-configuration.ts';
import { databaseUrls } from '../database-urls.ts';
import { encryptionKeys } from '../encryption-keys.ts';
import type { Started } from '../start.ts';

/** What the history of the configuration needs and nothing more: neither queue nor engine, so that it works while those do not. */
export async function openHistory(started: Started): Promise<ConfigurationParts> {
  const { settings, logger, closers } = started;
  const database = new PostgresDatabase({ ...(await databaseUrls(started)), logger, poolSize: 2 });
  closers.add('database', () => database.close());
  await database.migrate();
  return { database, sealer: new AesSealer(encryptionKeys(settings)), clock: systemClock, logger };
}
