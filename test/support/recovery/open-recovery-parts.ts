import { join } from 'node:path';
import { createLogger } from '../../../adapters/pino/create-logger.ts';
import type { Failpoints } from '../../../src/application/failpoints.ts';
import { Closers } from '../../../src/cli/closers.ts';
import { LiveWorkspace } from '../../../src/cli/live-workspace.ts';
import { type OpenedParts, openParts } from '../../../src/cli/open-parts.ts';
import { readEnvironment } from '../../../src/config/environment.ts';

/** Everything that processes which work together share. */
export type RecoveryAddress = {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly dockerHost: string;
  /** Of `shipmate.yml`, the Compose file and the keys. */
  readonly folder: string;
  readonly leaseTtlMs: number;
};

/** The parts as production puts them together, with the two things that only tests choose: failpoints and the lease's life. */
export async function openRecoveryParts(
  address: RecoveryAddress,
  logLevel: string,
  failpoints?: Failpoints,
): Promise<{ readonly parts: OpenedParts; readonly closers: Closers }> {
  const environment = readEnvironment({
    DATABASE_URL: address.databaseUrl,
    REDIS_URL: address.redisUrl ?? '',
    DOCKER_HOST: address.dockerHost,
    SHIPMATE_CONFIG: join(address.folder, 'shipmate.yml'),
    SHIPMATE_DATA: address.folder,
  });
  if (!environment.ok) throw new Error(JSON.stringify(environment.findings));
  const { settings } = environment;
  const logger = createLogger({ level: logLevel, pretty: false });
  const closers = new Closers(logger);
  const workspace = new LiveWorkspace(settings.configFile, logger);
  const { leaseTtlMs } = address;
  const parts = await openParts({ settings, workspace, logger, closers, leaseTtlMs, ...(failpoints === undefined ? {} : { failpoints }) });
  return { parts, closers };
}
