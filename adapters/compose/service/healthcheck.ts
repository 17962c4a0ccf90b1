import type { HealthcheckSpec } from '../../../src/domain/service-spec.ts';
import type { FindingLog } from '../finding-log.ts';
import { present, readBoolean, readDuration, readInteger, readText, readTexts } from '../values/read.ts';
import { type Cursor, member } from '../yaml/tree.ts';

export function readHealthcheck(cursor: Cursor | null, log: FindingLog): HealthcheckSpec | undefined {
  if (cursor === null) return undefined;
  const test = readTest(member(cursor, 'test'), log);
  if (readBoolean(member(cursor, 'disable'), log) === true) {
    // A later file may switch off what an earlier one wrote.
    if (test.length > 0 && test[0] !== 'NONE')
      log.warn(cursor, 'The `test` is not run: `disable` switches the check off.', 'You may remove it.');
    return { disabled: true };
  }
  if (test[0] === 'NONE') return { disabled: true };
  return {
    disabled: false,
    test,
    ...present({
      intervalMs: readDuration(member(cursor, 'interval'), log),
      timeoutMs: readDuration(member(cursor, 'timeout'), log),
      startPeriodMs: readDuration(member(cursor, 'start_period'), log),
      startIntervalMs: readDuration(member(cursor, 'start_interval'), log),
      retries: readInteger(member(cursor, 'retries'), log, { from: 0 }),
    }),
  };
}

function readTest(cursor: Cursor | null, log: FindingLog): readonly string[] {
  if (cursor === null) return [];
  if (cursor.tree.kind === 'scalar') {
    const text = readText(cursor) ?? '';
    return text === '' ? [] : text === 'NONE' ? ['NONE'] : ['CMD-SHELL', text];
  }
  const test = readTexts(cursor);
  const [how] = test;
  if (how !== undefined && how !== 'CMD' && how !== 'CMD-SHELL' && how !== 'NONE') {
    log.refuse(cursor, 'A list must begin with how to run it.', 'Write `[CMD, program, argument]`, `[CMD-SHELL, "one line"]` or `[NONE]`.');
  } else if ((how === 'CMD' || how === 'CMD-SHELL') && test.length === 1) {
    log.refuse(cursor, 'This health check runs nothing.', 'Add the program after `CMD`.');
  }
  return test;
}
