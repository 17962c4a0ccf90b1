/**
 * A YAML document as plain values that remember where they were written. Trees are immutable and shared (an alias is the
 * same tree again), so merging, `extends` and interpolation keep the line that a person has to look at.
 */

/** A file that was read. `name` is what people see; relative paths written in it start at `folder`. */
export type Source = { readonly name: string; readonly folder: string };

/** `line` is 1-based. A member of a mapping stands where its key stands. */
export type Place = { readonly source: Source; readonly line: number };

/** Compose's own tags: `!reset` removes what earlier files said, `!override` replaces it instead of merging. */
export type MergeTag = 'reset' | 'override';

type Common = { readonly place: Place; readonly tag?: MergeTag };

export type ScalarValue = string | number | boolean | null;
/** `raw` is the text before interpolation: the only form that may appear in a message, because variables may hold secrets. */
export type ScalarTree = Common & { readonly kind: 'scalar'; readonly value: ScalarValue; readonly raw: string };
export type ListTree = Common & { readonly kind: 'list'; readonly items: readonly Tree[] };
export type MapTree = Common & { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree> };
export type Tree = ScalarTree | ListTree | MapTree;

/** A tree and how to get there: `services.web.ports[0]`. */
export type Cursor = { readonly tree: Tree; readonly key: string };

export function scalar(value: ScalarValue, place: Place, raw: string = String(value)): ScalarTree {
  return { kind: 'scalar', value, raw, place };
}

export function list(items: readonly Tree[], place: Place): ListTree {
  return { kind: 'list', items, place };
}

export function map(entries: Iterable<readonly [string, Tree]>, place: Place): MapTree {
  return { kind: 'map', entries: new Map(entries), place };
}

export function isNull(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.value === null;
}

/** The member of that name; null when there is none, when it says nothing (`ports:`), or when this is no mapping. */
export function member(cursor: Cursor | null, name: string): Cursor | null {
  if (cursor?.tree.kind !== 'map') return null;
  const tree = cursor.tree.entries.get(name);
  return tree === undefined || isNull(tree) ? null : { tree, key: joinKey(cursor.key, name) };
}

/** All members, those that say nothing included. */
export function members(cursor: Cursor | null): readonly (readonly [string, Cursor])[] {
  if (cursor?.tree.kind !== 'map') return [];
  return [...cursor.tree.entries].map(([name, tree]) => [name, { tree, key: joinKey(cursor.key, name) }] as const);
}

export function items(cursor: Cursor | null): readonly Cursor[] {
  if (cursor?.tree.kind !== 'list') return [];
  return cursor.tree.items.map((tree, index) => ({ tree, key: `${cursor.key}[${index}]` }));
}

export function joinKey(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}

/** The text as written, short enough for a message and never with the value of a variable in it. */
export function written(cursor: Cursor): string {
  if (cursor.tree.kind !== 'scalar') return cursor.tree.kind === 'list' ? 'a list' : 'a mapping';
  const oneLine = cursor.tree.raw.replaceAll(/\s+/g, ' ');
  return `"${oneLine.length > 80 ? `${oneLine.slice(0, 77)}…` : oneLine}"`;
}

/** A part of what stands at a place, for a message: as it is when it was written so, as a whole when a variable made it. */
export function shown(part: string, cursor: Cursor): string {
  const isWritten = cursor.tree.kind === 'scalar' && (cursor.tree.raw.includes(part) || cursor.tree.raw === String(cursor.tree.value));
  return isWritten || cursor.tree.kind !== 'scalar' ? `"${part}"` : written(cursor);
}

/** Plain values for the schema validator. What `!reset` removes is left out. */
export function toPlain(tree: Tree): unknown {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.filter((item) => item.tag !== 'reset').map(toPlain);
    case 'map':
      return Object.fromEntries(
        [...tree.entries].filter(([, value]) => value.tag !== 'reset').map(([name, value]) => [name, toPlain(value)]),
      );
  }
}
