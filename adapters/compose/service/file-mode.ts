import type { FindingLog } from '../finding-log.ts';
import { readText } from '../values/read.ts';
import { type Cursor, written } from '../yaml/tree.ts';

/** Permission bits. A text is octal (`"0440"`), a number is taken as it is: YAML has already read `0440` as octal. */
export function readFileMode(cursor: Cursor | null, log: FindingLog): number | undefined {
  if (cursor?.tree.kind !== 'scalar' || cursor.tree.value === null) return undefined;
  const { value } = cursor.tree;
  const text = readText(cursor)?.replace(/^0o/, '') ?? '';
  const mode = typeof value === 'number' ? value : /^[0-7]{1,5}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) return mode;
  log.refuse(cursor, `${written(cursor)} is not a file mode.`, 'Write it in octal: `0440`.');
  return undefined;
}
