import type { FindingLog } from '../finding-log.ts';
import { pairs } from '../model/merge.ts';
import { type Cursor, isNull, items, joinKey, written } from '../yaml/tree.ts';
import { parseByteSize } from './byte-size.ts';
import { parseDuration } from './duration.ts';
import { splitShellWords } from './shell-words.ts';

/** Readers of single values. Each gives `undefined` for a value that is absent or was refused; none throws. */

export function readText(cursor: Cursor | null): string | undefined {
  if (cursor?.tree.kind !== 'scalar' || cursor.tree.value === null) return undefined;
  return String(cursor.tree.value);
}

export function readBoolean(cursor: Cursor | null, log: FindingLog): boolean | undefined {
  const text = readText(cursor)?.trim().toLowerCase();
  if (cursor === null || text === undefined || text === '') return undefined;
  if (['true', 'yes', 'on', 'y', '1'].includes(text)) return true;
  if (['false', 'no', 'off', 'n', '0'].includes(text)) return false;
  log.refuse(cursor, `${written(cursor)} is neither true nor false.`, 'Write `true` or `false`.');
  return undefined;
}

export type Range = { readonly from?: number; readonly to?: number };

export function readInteger(cursor: Cursor | null, log: FindingLog, range: Range = {}): number | undefined {
  const value = readNumber(cursor, log, range);
  if (cursor === null || value === undefined) return undefined;
  if (Number.isSafeInteger(value)) return value;
  log.refuse(cursor, `${written(cursor)} is not a whole number.`, 'Write a whole number.');
  return undefined;
}

export function readNumber(cursor: Cursor | null, log: FindingLog, { from, to }: Range = {}): number | undefined {
  const text = readText(cursor)?.trim();
  if (cursor === null || text === undefined || text === '') return undefined;
  const value = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) {
    log.refuse(cursor, `${written(cursor)} is not a number.`, 'Write a number.');
    return undefined;
  }
  if ((from !== undefined && value < from) || (to !== undefined && value > to)) {
    const bounds = to === undefined ? `at least ${from ?? 0}` : `from ${from ?? 0} to ${to}`;
    log.refuse(cursor, `${written(cursor)} is out of range.`, `Write a number ${bounds}.`);
    return undefined;
  }
  return value;
}

/** Milliseconds. */
export function readDuration(cursor: Cursor | null, log: FindingLog): number | undefined {
  const text = readText(cursor);
  if (cursor === null || text === undefined || text.trim() === '') return undefined;
  const value = parseDuration(text);
  if (value !== null) return value;
  log.refuse(cursor, `${written(cursor)} is not a duration.`, 'Write a number with a unit, like `10s`, `1m30s` or `500ms`.');
  return undefined;
}

export function readBytes(cursor: Cursor | null, log: FindingLog): number | undefined {
  const text = readText(cursor);
  if (cursor === null || text === undefined || text.trim() === '') return undefined;
  const value = parseByteSize(text);
  if (value !== null) return value;
  log.refuse(cursor, `${written(cursor)} is not a size.`, 'Write a number with a unit, like `512m` or `1.5g`.');
  return undefined;
}

/** Cores. A Swarm counts in billionths of a core. */
export function readCpus(cursor: Cursor | null, log: FindingLog): number | undefined {
  const value = readNumber(cursor, log, { from: 0 });
  if (cursor === null || value === undefined) return undefined;
  return Math.round(value * 1e9) / 1e9;
}

/** A list of texts, or one text that counts as a list of one. */
export function readTexts(cursor: Cursor | null): readonly string[] {
  return readTextItems(cursor).map(([text]) => text);
}

export function readTextItems(cursor: Cursor | null): readonly (readonly [string, Cursor])[] {
  if (cursor === null) return [];
  const each = cursor.tree.kind === 'list' ? items(cursor) : [cursor];
  return each.flatMap((item) => {
    const text = readText(item);
    return text === undefined ? [] : [[text, item] as const];
  });
}

/** A mapping, or the list that says the same (`KEY=value`). A value that says nothing is null. */
export function readPairs(
  cursor: Cursor | null,
  separator = '=',
): ReadonlyMap<string, { readonly value: string | null; readonly at: Cursor }> {
  if (cursor === null) return new Map();
  return new Map(
    pairs(cursor.tree, separator).map(([name, tree]) => {
      const at = { tree, key: joinKey(cursor.key, name) };
      return [name, { value: isNull(tree) ? null : (readText(at) ?? null), at }] as const;
    }),
  );
}

/** Labels and options: a value that says nothing is empty. Sorted by key. */
export function readTextMap(cursor: Cursor | null): Readonly<Record<string, string>> {
  return sortedRecord([...readPairs(cursor)].map(([name, { value }]) => [name, value ?? ''] as const));
}

export function sortedRecord<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** A command: a list is taken as it is, a text is split as a shell would. */
export function readCommand(cursor: Cursor | null, log: FindingLog): readonly string[] | undefined {
  if (cursor === null) return undefined;
  if (cursor.tree.kind === 'list') return readTexts(cursor);
  const words = splitShellWords(readText(cursor) ?? '');
  if (words !== null) return words;
  log.refuse(cursor, 'A quote or a backslash is left open in this command.', 'Close it, or write the command as a list.');
  return undefined;
}

/** Leaves members out that are `undefined`, so that absent stays absent. */
export function present<T extends Record<string, unknown>>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name in members) {
    const value = members[name];
    if (isPresent(value)) kept[name] = value;
  }
  return kept;
}

function isPresent<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
