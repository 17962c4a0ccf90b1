import { execFile } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from '../../src/ports/logger.ts';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root, so as root its server runs as this system user, which is made when it is missing. */
const NAME = 'postgres';

/** Null: the server runs as whoever we are. */
export type ServerUser = { readonly uid: number; readonly gid: number } | null;

export async function findServerUser(logger: Logger): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return null;
  const known = await lookUp();
  if (known !== null) return known;
  logger.warn({ user: NAME }, 'creating the system user for the embedded PostgreSQL, which refuses to run as root');
  // A process beside us may have made it meanwhile: what counts is whether it is there afterwards.
  const failure = await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]).then(
    () => null,
    (error: unknown) => error,
  );
  const made = await lookUp();
  if (made === null) {
    throw new Error(`could not create the system user ${NAME}: run Shipmate as an ordinary user, or set DATABASE_URL`, { cause: failure });
  }
  return made;
}

async function lookUp(): Promise<ServerUser> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number.parseInt((await run('id', [flag, NAME])).stdout, 10)));
    return uid === undefined || gid === undefined ? null : { uid, gid };
  } catch {
    return null;
  }
}

/**
 * The server's user must be able to pass through every folder above its programs and its data (`x`, not `r`: it can
 * enter by name, not list). A home folder that is closed to others is opened that far, and the log says so.
 */
export async function openPath(path: string, user: NonNullable<ServerUser>, logger: Logger): Promise<void> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & needed) === 0) {
      logger.warn(
        { folder },
        'letting the embedded PostgreSQL pass through a closed folder (chmod +x for its user; nothing in it becomes readable)',
      );
      await chmod(folder, (mode & 0o7777) | needed);
    }
    if (folder === dirname(folder)) return;
  }
}
