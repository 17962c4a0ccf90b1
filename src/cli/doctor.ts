import { createUseCases } from '../application/create-use-cases.ts';
import type { Diagnosis } from '../application/use-cases.ts';
import { openParts } from './open-parts.ts';
import { openWorkspace, start } from './start.ts';

const MARKS: Readonly<Record<Diagnosis['state'], string>> = { ok: '✓', warning: '!', broken: '✗' };

/** `shipmate doctor`: every dependency, and how to mend what is broken. Exit code 1 when something is. */
export async function doctor(): Promise<void> {
  const started = start({ destination: process.stderr });
  try {
    const parts = await openParts({ ...started, workspace: openWorkspace(started) });
    const findings = await createUseCases(parts).diagnose();
    for (const { name, state, found, remedy } of findings) {
      process.stdout.write(`${MARKS[state]} ${name}: ${found}\n${remedy === null ? '' : `    ${remedy}\n`}`);
    }
    if (findings.some(({ state }) => state === 'broken')) process.exitCode = 1;
  } finally {
    await started.closers.closeAll();
  }
}
