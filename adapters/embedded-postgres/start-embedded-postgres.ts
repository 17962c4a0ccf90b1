import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConstantBackoff, handleAll, retry } from 'cockatiel';
import type { Logger } from '../../src/ports/logger.ts';
import { findBinaries } from './binaries.ts';
import { type Cluster, ensureCluster, runningPort, startServer, stopServer } from './cluster.ts';
import { appUrlOf, keepPassword, urlOf } from './credentials.ts';
import { Presence } from './presence.ts';
import { findServerUser, openPath } from './server-user.ts';

export type EmbeddedPostgresOptions = {
  /** A folder of its own, made when missing. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Server settings over the defaults, for tests (`fsync: 'off'`). */
  readonly settings?: Readonly<Record<string, string>>;
};

export type EmbeddedPostgres = {
  /** As the owner of everything. */
  readonly url: string;
  /** As the role that Shipmate works as. It can be used once the database has been migrated with both addresses. */
  readonly appUrl: string;
  /** Lets go of the server, and stops it when no other process uses it. */
  stop(): Promise<void>;
};

/**
 * A real PostgreSQL for one machine, in one folder, used by any number of processes at once. The first one starts it, the
 * others find it, the last one to stop stops it. The server is not our child: when we are killed it goes on, and the next
 * start adopts it. Nothing guards this but PostgreSQL's own interlock on its data folder, so there is nothing that a kill could leave behind.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const binaries = await findBinaries();
  await mkdir(dataDir, { recursive: true });
  const user = await findServerUser(options.logger);
  const cluster: Cluster = { dataDir, folder: join(dataDir, 'cluster'), binaries, user, settings: options.settings ?? {} };
  if (user !== null) {
    await openPath(cluster.folder, user, options.logger);
    await openPath(binaries.pgCtl, user, options.logger);
  }
  const password = await keepPassword(dataDir);
  await ensureCluster(cluster, password);
  const joinThis = () => joinServer(cluster, password, options.logger);
  const presence = new Presence(options.logger, joinThis);
  const port = await presence.enter();
  return {
    url: urlOf(port, password),
    appUrl: appUrlOf(port, password),
    async stop() {
      if (await presence.leave()) await stopServer(cluster);
    },
  };
}

/** The running server's URL, starting it when nobody has. A start that collides with another process's, or with the last breaths of a killed server, is tried again. */
async function joinServer(cluster: Cluster, password: string, logger: Logger): Promise<{ url: string; port: number }> {
  const patiently = retry(handleAll, { maxAttempts: 40, backoff: new ConstantBackoff(250) });
  return patiently.execute(async () => {
    let port = await runningPort(cluster);
    if (port === null) {
      await startServer(cluster);
      port = await runningPort(cluster);
      logger.info({ port, folder: cluster.folder }, 'embedded PostgreSQL started');
    }
    if (port === null)
      throw new Error(`the embedded PostgreSQL in ${cluster.folder} ended as soon as it had started; see ${cluster.folder}/log`);
    return { port, url: urlOf(port, password, 'postgres') };
  });
}
