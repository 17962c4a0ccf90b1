import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from '../../adapters/embedded-postgres/binaries.ts';
import { type Cluster, ensureCluster, startServer, stopServer } from '../../adapters/embedded-postgres/cluster.ts';
import { keepPassword, readPort, urlOf } from '../../adapters/embedded-postgres/credentials.ts';
import { findServerUser, openPath } from '../../adapters/embedded-postgres/server-user.ts';
import { silentLogger } from './postgres.ts';

export type RestartablePostgres = { readonly url: string; down(): Promise<void>; up(): Promise<void>; stop(): Promise<void> };

/** A server that stays down when it is stopped (the embedded adapter itself would start it again at once). */
export async function startRestartablePostgres(): Promise<RestartablePostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'shipmate-postgres-'));
  const binaries = await findBinaries();
  const user = await findServerUser(silentLogger);
  const cluster: Cluster = { dataDir, folder: join(dataDir, 'cluster'), binaries, user, settings: { fsync: 'off' } };
  if (user !== null) await openPath(cluster.folder, user, silentLogger);
  const password = await keepPassword(dataDir);
  await ensureCluster(cluster, password);
  await startServer(cluster);
  const port = await readPort(dataDir);
  if (port === null) throw new Error('the server started without a port');
  return {
    url: urlOf(port, password, 'postgres'),
    down: () => stopServer(cluster),
    up: () => startServer(cluster),
    async stop() {
      await stopServer(cluster);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
