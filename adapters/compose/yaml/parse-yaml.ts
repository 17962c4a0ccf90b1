import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseAllDocuments, Scalar } from 'yaml';
import type { FindingLog } from '../finding-log.ts';
import { type ListTree, type MapTree, type MergeTag, type Place, type ScalarTree, type Source, scalar, type Tree } from './tree.ts';

/** Far above any real file; below what would stall or exhaust the process that everyone shares. Aliases count as often as they are used. */
const LIMITS = { characters: 512 * 1024, nodes: 20_000, listItems: 1000, depth: 48, brackets: 200 };

const YAML_1_1_OCTAL = /^0[0-7]+$/;

/** Reads one YAML document into a tree, or says what is wrong with it. Never throws; null after a refusal. */
export function parseYaml(bytes: Uint8Array, source: Source, log: FindingLog): Tree | null {
  const text = decode(bytes);
  if (text === null) {
    log.refuseFile(source.name, 'This is not a text file in UTF-8.', 'Save it as UTF-8 text.');
    return null;
  }
  if (text.length > LIMITS.characters || hasDeepBrackets(text)) {
    log.refuseFile(source.name, 'This file is too large or nested too deeply.', 'A Compose file is far smaller; split the app.');
    return null;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, lines, source, log);
  return document === null ? null : new TreeBuilder(lines, source, log).build(document);
}

function decode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch (fault) {
    if (fault instanceof TypeError) return null;
    throw fault;
  }
}

/** The library parses flow collections recursively: a row of ten thousand brackets must not reach it. */
function hasDeepBrackets(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    else if (character === '\n') open = 0;
    if (open > LIMITS.brackets) return true;
  }
  return false;
}

function parseDocument(text: string, lines: LineCounter, source: Source, log: FindingLog): Document.Parsed | null {
  const documents = parseDocuments(text, lines);
  if (documents === 'overflow') {
    log.refuseFile(source.name, 'This file is nested too deeply.', 'A Compose file needs about ten levels.');
    return null;
  }
  const [document, second] = documents;
  if (document === undefined) {
    log.refuseFile(source.name, 'This file is empty.', 'Write at least `services:` with one service and its `image`.');
    return null;
  }
  const troubles = [...document.errors, ...document.warnings.filter((warning) => !/!(reset|override)\b/.test(warning.message))];
  for (const trouble of troubles) {
    const line = lines.linePos(trouble.pos[0]).line;
    log.refuseAt({ source, line: Math.max(1, line) }, '', ...explain(trouble.code, trouble.message));
  }
  if (troubles.length > 0) return null;
  if (second !== undefined) {
    const line = Math.max(1, lines.linePos(second.range[0]).line);
    log.refuseAt({ source, line }, '', 'A second YAML document starts here.', 'Give each document its own file and list the files.');
    return null;
  }
  return document;
}

function parseDocuments(text: string, lines: LineCounter): readonly Document.Parsed[] | 'overflow' {
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      strict: true,
      uniqueKeys: false,
      logLevel: 'silent',
    });
    return [...parsed];
  } catch (fault) {
    if (fault instanceof RangeError) return 'overflow';
    throw fault;
  }
}

function explain(code: string, message: string): [problem: string, remedy: string] {
  switch (code) {
    case 'TAB_AS_INDENT':
      return ['YAML does not allow tabs for indentation.', 'Indent with spaces.'];
    case 'BAD_ALIAS':
      return [`${sentence(message)}`, 'Define the anchor (`&name`) above its first use (`*name`).'];
    case 'TAG_RESOLVE_FAILED':
      return [`${sentence(message)}`, 'Only `!reset` and `!override` mean something in a Compose file.'];
    default:
      return [`This is not valid YAML: ${sentence(message)}`, 'Check the indentation and the quotes on this line and the one above.'];
  }
}

function sentence(message: string): string {
  const first = message.split('\n')[0]?.trim() ?? '';
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** Stops the walk after the first thing that makes the whole document unusable. */
class Unusable extends Error {}

class TreeBuilder {
  readonly #lines: LineCounter;
  readonly #source: Source;
  readonly #log: FindingLog;
  readonly #anchors = new Map<string, Tree>();
  readonly #sizes = new WeakMap<Tree, number>();
  #hasDuplicates = false;

  constructor(lines: LineCounter, source: Source, log: FindingLog) {
    this.#lines = lines;
    this.#source = source;
    this.#log = log;
  }

  build(document: Document.Parsed): Tree | null {
    try {
      const tree = this.#tree(document.contents, null, 0);
      return this.#hasDuplicates ? null : tree;
    } catch (fault) {
      if (fault instanceof Unusable) return null;
      throw fault;
    }
  }

  #tree(node: ParsedNode | Node | null, keyPlace: Place | null, depth: number): Tree {
    const place = keyPlace ?? this.#placeOf(node);
    if (depth > LIMITS.depth) this.#stop(place, 'This is nested too deeply.', 'A Compose file needs about ten levels.');
    if (node === null) return this.#sized(scalar(null, place, ''), 1);
    if (isAlias(node)) return this.#alias(node.source, place);
    const built = this.#collectionOrScalar(node, place, depth);
    const anchor = 'anchor' in node && typeof node.anchor === 'string' ? node.anchor : null;
    if (anchor !== null) this.#anchors.set(anchor, built);
    return built;
  }

  #collectionOrScalar(node: ParsedNode | Node, place: Place, depth: number): Tree {
    const tag = mergeTag(node);
    const tagged = tag === null ? {} : { tag };
    if (isMap(node)) {
      const entries = this.#entries(node.items, depth);
      const size = [...entries.values()].reduce((sum, value) => sum + this.#sizeOf(value), 1);
      return this.#sized<MapTree>({ kind: 'map', entries, place, ...tagged }, size);
    }
    if (isSeq(node)) {
      // The schema validator compares the members of a list each with each.
      if (node.items.length > LIMITS.listItems)
        this.#stop(place, `This list has ${node.items.length} entries.`, `Write at most ${LIMITS.listItems}.`);
      const items = node.items.map((item) => this.#tree(asNode(item), null, depth + 1));
      const size = items.reduce((sum, item) => sum + this.#sizeOf(item), 1);
      return this.#sized<ListTree>({ kind: 'list', items, place, ...tagged }, size);
    }
    if (isScalar(node)) return this.#sized<ScalarTree>({ ...readScalar(node, place), ...tagged }, 1);
    return this.#stop(place, 'This cannot be read.', 'Write a value, a list or a mapping.');
  }

  #entries(pairs: readonly { key: unknown; value: unknown }[], depth: number): Map<string, Tree> {
    const entries = new Map<string, Tree>();
    const names = new Set<string>();
    const inherited: Tree[] = [];
    for (const pair of pairs) {
      const keyNode = asNode(pair.key);
      const place = this.#placeOf(keyNode);
      const name = this.#keyName(keyNode, place);
      const value = this.#tree(asNode(pair.value), place, depth + 1);
      if (names.has(name)) this.#duplicate(name, place);
      names.add(name);
      if (name === '<<') inherited.push(value);
      else entries.set(name, value);
    }
    for (const tree of inherited) this.#inherit(entries, tree);
    return entries;
  }

  /** Looked for here because the library compares every key with every other: minutes for a large file. */
  #duplicate(name: string, place: Place): void {
    this.#hasDuplicates = true;
    this.#log.refuseAt(place, name, 'This key is written twice in the same mapping.', 'Keep one of them.');
  }

  /** `<<`: what stands in the mapping itself wins, and of several inherited mappings the first. */
  #inherit(entries: Map<string, Tree>, tree: Tree): void {
    const sources = tree.kind === 'list' ? tree.items : [tree];
    for (const source of sources) {
      if (source.kind !== 'map') {
        this.#stop(
          source.place,
          'A merge key (`<<`) takes a mapping or a list of mappings.',
          'Point it at an anchor of a mapping: `<<: *name`.',
        );
      }
      for (const [name, value] of source.entries) if (!entries.has(name)) entries.set(name, value);
    }
  }

  #keyName(node: Node | null, place: Place): string {
    const resolved = node !== null && isAlias(node) ? this.#alias(node.source, place) : null;
    const value = resolved?.kind === 'scalar' ? resolved.value : node !== null && isScalar(node) ? node.value : null;
    if (value === null || typeof value === 'object' || value === '__proto__') {
      return this.#stop(place, 'A key must be a plain text.', 'Write a name before the colon.');
    }
    return String(value);
  }

  #alias(name: string, place: Place): Tree {
    const target = this.#anchors.get(name);
    if (target === undefined) return this.#stop(place, `There is no anchor "${name}" above this line.`, 'Define it first: `&name`.');
    const size = this.#sizeOf(target);
    return this.#sized({ ...target, place }, size);
  }

  #sized<T extends Tree>(tree: T, size: number): T {
    if (size > LIMITS.nodes) this.#stop(tree.place, 'The aliases of this file expand to too many values.', 'Use fewer nested aliases.');
    this.#sizes.set(tree, size);
    return tree;
  }

  #sizeOf(tree: Tree): number {
    return this.#sizes.get(tree) ?? 1;
  }

  #placeOf(node: ParsedNode | Node | null): Place {
    const offset = node?.range?.[0] ?? 0;
    return { source: this.#source, line: Math.max(1, this.#lines.linePos(offset).line) };
  }

  #stop(place: Place, problem: string, remedy: string): never {
    this.#log.refuseAt(place, '', problem, remedy);
    throw new Unusable(problem);
  }
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

function mergeTag(node: Node | ParsedNode): MergeTag | null {
  const tag = 'tag' in node ? node.tag : undefined;
  return tag === '!reset' ? 'reset' : tag === '!override' ? 'override' : null;
}

/** YAML 1.2 values, except that `0440` is octal as in YAML 1.1: Docker's readers take file modes so. */
function readScalar(node: Scalar, place: Place): ScalarTree {
  const raw = typeof node.source === 'string' ? node.source : String(node.value ?? '');
  if (node.type === Scalar.PLAIN && YAML_1_1_OCTAL.test(raw)) return scalar(Number.parseInt(raw, 8), place, raw);
  const { value } = node;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return scalar(value, place, raw);
  if (typeof value === 'number') return scalar(Number.isFinite(value) ? value : raw, place, raw);
  return scalar(raw, place, raw);
}
