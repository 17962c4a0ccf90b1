import { readFile } from 'node:fs/promises';

/**
 * Is there a process with this number, and (where /proc tells) does its command line name `argument`? Numbers are used
 * again, so a number alone proves nothing.
 */
export async function isAlive(pid: number, argument: string | null): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not ours to signal, but there.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (argument === null || process.platform !== 'linux') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return commandLine === null ? false : commandLine.split('\0').includes(argument);
}
