import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { Finding } from '../ports/app-source.ts';

/** A parsed YAML text that still knows where everything stands. */
export type YamlFile = {
  readonly file: string;
  readonly value: unknown;
  /** Line of the value at this path; of its nearest existing parent when it is missing. */
  lineOf(path: readonly PropertyKey[]): number | null;
  /** Line of a key itself. */
  lineOfKey(path: readonly PropertyKey[], key: string): number | null;
  /** A scalar as it was written, before YAML made a number or boolean of it. */
  sourceOf(path: readonly PropertyKey[]): string | null;
};

export type YamlResult = { readonly ok: true; readonly yaml: YamlFile } | { readonly ok: false; readonly findings: readonly Finding[] };

/** YAML 1.2 with merge keys; duplicate keys, unknown anchors and several documents in one file are errors. */
export function parseYaml(file: string, text: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, uniqueKeys: true });
  const fail = (line: number | null, problem: string): YamlResult => ({
    ok: false,
    findings: [
      {
        file,
        line,
        key: '(file)',
        problem: `is not valid YAML: ${problem}.`,
        remedy: 'Correct the line; check its indentation and quotes.',
      },
    ],
  });
  const [error] = document.errors;
  if (error !== undefined) return fail(lines.linePos(error.pos[0]).line, error.message.split('\n')[0] ?? 'unknown error');
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (fault) {
    return fail(null, fault instanceof Error ? fault.message : String(fault));
  }

  const resolveAlias = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const lineAt = (node: Node | null | undefined): number | null => (node?.range ? lines.linePos(node.range[0]).line : null);
  const pairIn = (node: unknown, key: PropertyKey): Pair<Node, Node | null> | null => {
    if (!isMap<Node, Node | null>(node)) return null;
    return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key)) ?? null;
  };
  const walk = (path: readonly PropertyKey[]): { node: unknown; line: number | null } => {
    let node: unknown = document.contents;
    let line = lineAt(document.contents);
    for (const part of path) {
      const parent = resolveAlias(node);
      const pair = pairIn(parent, part);
      if (pair !== null) {
        node = pair.value;
        // The key's line: a mapping's own node starts on the line after it.
        line = lineAt(pair.key) ?? line;
      } else if (isSeq<Node>(parent) && parent.items[Number(part)] !== undefined) {
        node = parent.items[Number(part)];
        line = lineAt(parent.items[Number(part)]) ?? line;
      } else {
        return { node: null, line };
      }
    }
    return { node: resolveAlias(node), line };
  };
  return {
    ok: true,
    yaml: {
      file,
      value,
      lineOf: (path) => walk(path).line,
      lineOfKey: (path, key) => {
        const { node, line } = walk(path);
        return lineAt(pairIn(node, key)?.key) ?? line;
      },
      sourceOf: (path) => {
        const { node } = walk(path);
        return isScalar(node) ? (node.source ?? null) : null;
      },
    },
  };
}
