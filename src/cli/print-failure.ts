import { Fault } from '../ports/faults.ts';
import { StartRefused } from './start-refused.ts';

/** What went wrong, on standard error, as something a person can act on; the exit code. Stack traces only for our own mistakes. */
export function printFailure(error: unknown): number {
  if (error instanceof StartRefused) {
    process.stderr.write(`shipmate: ${error.message}\n${error.findings.map((finding) => `  ${finding}\n`).join('')}`);
    return 2;
  }
  if (error instanceof Fault) {
    process.stderr.write(`shipmate: ${error.message}\n  Run \`shipmate doctor\` to see what does not work and how to mend it.\n`);
    return 1;
  }
  process.stderr.write(`shipmate: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
