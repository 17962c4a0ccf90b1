import { structuredPatch } from 'diff';
import { hideSecretLines } from '../../domain/hide-secret-lines.ts';
import type { ConfigurationFile } from '../../ports/configuration-history.ts';

/**
 * What changed from one content to another, as unified diffs of the files that differ. Compared as they are and shown with
 * secret values hidden: a changed password is a changed line whose two sides look alike.
 */
export function diffFiles(from: readonly ConfigurationFile[], to: readonly ConfigurationFile[]): readonly string[] {
  const before = new Map(from.map(({ path, text }) => [path, text]));
  const after = new Map(to.map(({ path, text }) => [path, text]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => diffFile(path, before.get(path), after.get(path)));
}

function diffFile(path: string, before: string | undefined, after: string | undefined): readonly string[] {
  if (before === after) return [];
  const shownBefore = hideSecretLines(before ?? '');
  const shownAfter = hideSecretLines(after ?? '');
  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, { context: 3 });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }) => {
    let old = oldStart - 1;
    let now = newStart - 1;
    const shown = changed.map((line) => {
      const sign = line[0] ?? ' ';
      if (sign === '\\') return line;
      const text = sign === '-' ? shownBefore[old] : shownAfter[now];
      if (sign !== '+') old += 1;
      if (sign !== '-') now += 1;
      return `${sign}${text ?? ''}`;
    });
    return [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...shown];
  });
  return [`--- ${before === undefined ? '(not there)' : path}`, `+++ ${after === undefined ? '(not there)' : path}`, ...lines];
}
