import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export type EnginePaths = {
  /** What Shipmate knows about the engine it started. */
  readonly record: string;
  readonly log: string;
  readonly installLog: string;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidFile: string;
  readonly socket: string;
};

/**
 * Data and logs lie below the data folder. Sockets do not: a Unix socket's path holds at most 107 characters, and the
 * engine makes deeper ones of its own below its exec root; so those go to a short folder named after the data folder.
 */
export function enginePaths(dataFolder: string): EnginePaths {
  const folder = join(resolve(dataFolder), 'engine');
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  const execRoot = join(existsSync('/run') ? '/run' : tmpdir(), `shipmate-${id}`);
  return {
    record: join(folder, 'engine.json'),
    log: join(folder, 'dockerd.log'),
    installLog: join(folder, 'install.log'),
    dataRoot: join(folder, 'data'),
    execRoot,
    pidFile: join(execRoot, 'dockerd.pid'),
    socket: join(execRoot, 'docker.sock'),
  };
}
