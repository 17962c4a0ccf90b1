import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The output of a command; null when it is missing or failed. Neither is a fault here: the caller does without, or reports it. */
export async function outputOf([file, ...args]: readonly string[]): Promise<string | null> {
  if (file === undefined) return null;
  try {
    return (await run(file, args)).stdout;
  } catch {
    return null;
  }
}
