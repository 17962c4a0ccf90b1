import { isNull, type ListTree, list, type MapTree, map, type Place, scalar, type Tree } from '../yaml/tree.ts';

/**
 * Merges a later definition over an earlier one by the Compose Specification's rules ("Merge"): mappings member by member,
 * lists appended, single values replaced; with the exceptions of the table below. `path` is where both stand, with `*` for
 * names: `services.*.ports`. Places stay those of whoever wrote each value.
 */
export function mergeTrees(earlier: Tree, later: Tree, path: readonly string[] = []): Tree {
  if (later.tag === 'override' || later.tag === 'reset') return later;
  if (isNull(later)) return earlier;
  const rule = RULES[path.join('.')];
  if (rule !== undefined) return rule(earlier, later, path);
  if (earlier.kind === 'map' && later.kind === 'map') return mergeMaps(earlier, later, path);
  if (earlier.kind === 'list' && later.kind === 'list') return append(earlier, later);
  return later;
}

/** What is left of `!reset` after the last merge goes, and with it the tags. */
export function dropResets(tree: Tree): Tree {
  switch (tree.kind) {
    case 'scalar':
      return tree;
    case 'list':
      return { ...tree, items: tree.items.filter((item) => item.tag !== 'reset').map(dropResets) };
    case 'map': {
      const kept = [...tree.entries].filter(([, value]) => value.tag !== 'reset');
      return { ...tree, entries: new Map(kept.map(([name, value]) => [name, dropResets(value)])) };
    }
  }
}

type Rule = (earlier: Tree, later: Tree, path: readonly string[]) => Tree;

/** Sections whose members have names that people chose. */
const NAMED_SECTIONS = new Set([
  'services',
  'networks',
  'volumes',
  'secrets',
  'configs',
  'models',
  'services.*.networks',
  'services.*.ulimits',
]);

function mergeMaps(earlier: MapTree, later: MapTree, path: readonly string[]): MapTree {
  const entries = new Map(earlier.entries);
  const isNamed = NAMED_SECTIONS.has(path.join('.'));
  for (const [name, value] of later.entries) {
    const before = entries.get(name);
    if (value.tag === 'reset') entries.delete(name);
    else entries.set(name, before === undefined ? value : mergeTrees(before, value, [...path, isNamed ? '*' : name]));
  }
  return map(entries, earlier.place);
}

function append(earlier: ListTree, later: ListTree): ListTree {
  return list([...earlier.items, ...later.items], earlier.place);
}

const replace: Rule = (_earlier, later) => later;

/** A single text counts as a list of one. */
const appendTexts: Rule = (earlier, later) => unique([...asItems(earlier), ...asItems(later)], earlier.place, textKey);

/** `KEY=value` lists and mappings are the same thing: the later value of a key wins. */
const byKey: Rule = (earlier, later) => {
  const entries = new Map(pairs(earlier, '='));
  for (const [name, value] of pairs(later, '=')) {
    if (value.tag === 'reset') entries.delete(name);
    else entries.set(name, value);
  }
  return map(entries, earlier.place);
};

/** A list of names is a mapping whose members say nothing (networks) or the default (dependencies). */
const namesOrMap =
  (member: (place: Place) => Tree): Rule =>
  (earlier, later, path) =>
    mergeMaps(namesToMap(earlier, member), namesToMap(later, member), [...path.slice(0, -1), path.at(-1) ?? '']);

/** The later entry takes the place of the earlier one with the same key. */
const uniqueBy =
  (keyOf: (tree: Tree) => string): Rule =>
  (earlier, later) =>
    earlier.kind === 'list' && later.kind === 'list' ? unique([...earlier.items, ...later.items], earlier.place, keyOf) : later;

const logging: Rule = (earlier, later, path) => {
  if (earlier.kind !== 'map' || later.kind !== 'map') return later;
  const before = plainText(earlier.entries.get('driver'));
  const after = plainText(later.entries.get('driver'));
  // Options belong to their driver.
  return before !== null && after !== null && before !== after ? later : mergeMaps(earlier, later, path);
};

const build: Rule = (earlier, later, path) => {
  const asMap = (tree: Tree) => (tree.kind === 'scalar' ? map([['context', tree]], tree.place) : tree);
  const [before, after] = [asMap(earlier), asMap(later)];
  return before.kind === 'map' && after.kind === 'map' ? mergeMaps(before, after, path) : after;
};

const nothing = (place: Place): Tree => scalar(null, place, '');
const started = (place: Place): Tree =>
  map(
    [
      ['condition', scalar('service_started', place)],
      ['required', scalar(true, place)],
    ],
    place,
  );

const RULES: Readonly<Record<string, Rule>> = {
  'services.*.command': replace,
  'services.*.entrypoint': replace,
  'services.*.healthcheck.test': replace,
  'services.*.environment': byKey,
  'services.*.labels': byKey,
  'services.*.annotations': byKey,
  'services.*.sysctls': byKey,
  'services.*.deploy.labels': byKey,
  'services.*.build': build,
  'services.*.build.args': byKey,
  'services.*.build.labels': byKey,
  'services.*.extra_hosts': appendTextsOrMap,
  'services.*.depends_on': namesOrMap(started),
  'services.*.networks': namesOrMap(nothing),
  'services.*.models': namesOrMap(nothing),
  'services.*.dns': appendTexts,
  'services.*.dns_opt': appendTexts,
  'services.*.dns_search': appendTexts,
  'services.*.env_file': (earlier, later) => list([...asItems(earlier), ...asItems(later)], earlier.place),
  'services.*.tmpfs': appendTexts,
  'services.*.label_file': appendTexts,
  'services.*.cap_add': appendTexts,
  'services.*.cap_drop': appendTexts,
  'services.*.expose': appendTexts,
  'services.*.profiles': appendTexts,
  'services.*.group_add': appendTexts,
  'services.*.security_opt': appendTexts,
  'services.*.links': appendTexts,
  'services.*.external_links': appendTexts,
  'services.*.device_cgroup_rules': appendTexts,
  'services.*.volumes_from': appendTexts,
  'services.*.ports': uniqueBy(portKey),
  'services.*.volumes': uniqueBy((tree) => targetKey(tree, ':', 1)),
  'services.*.devices': uniqueBy((tree) => targetKey(tree, ':', 1)),
  'services.*.secrets': uniqueBy(fileTargetKey),
  'services.*.configs': uniqueBy(fileTargetKey),
  'services.*.logging': logging,
  'services.*.ulimits.*': (earlier, later, path) =>
    earlier.kind === 'map' && later.kind === 'map' ? mergeMaps(earlier, later, path) : later,
  'networks.*.labels': byKey,
  'volumes.*.labels': byKey,
  'secrets.*.labels': byKey,
  'configs.*.labels': byKey,
};

function appendTextsOrMap(earlier: Tree, later: Tree, path: readonly string[]): Tree {
  return earlier.kind === 'map' && later.kind === 'map'
    ? mergeMaps(earlier, later, path)
    : appendTexts(hostLines(earlier), hostLines(later), path);
}

function hostLines(tree: Tree): Tree {
  if (tree.kind !== 'map') return tree;
  const lines = [...tree.entries].flatMap(([host, value]) =>
    asItems(value).map((address) =>
      scalar(`${host}=${plainText(address) ?? ''}`, address.place, `${host}=${address.kind === 'scalar' ? address.raw : ''}`),
    ),
  );
  return list(lines, tree.place);
}

function asItems(tree: Tree): readonly Tree[] {
  return tree.kind === 'list' ? tree.items : [tree];
}

/** Members of a mapping, or of the list that says the same with a separator. */
export function pairs(tree: Tree, separator: string): readonly (readonly [string, Tree])[] {
  if (tree.kind === 'map') return [...tree.entries];
  return asItems(tree).flatMap((item) => {
    const text = plainText(item);
    if (text === null || item.kind !== 'scalar') return [];
    const at = text.indexOf(separator);
    if (at === -1) return [[text, scalar(null, item.place, item.raw)] as const];
    return [[text.slice(0, at), scalar(text.slice(at + separator.length), item.place, item.raw)] as const];
  });
}

function namesToMap(tree: Tree, member: (place: Place) => Tree): MapTree {
  if (tree.kind === 'map') return tree;
  const entries = asItems(tree).flatMap((item) => {
    const name = plainText(item);
    return name === null ? [] : [[name, member(item.place)] as const];
  });
  return map(entries, tree.place);
}

function unique(trees: readonly Tree[], place: Place, keyOf: (tree: Tree) => string): ListTree {
  const byIdentity = new Map<string, Tree>();
  for (const tree of trees) byIdentity.set(keyOf(tree), tree);
  return list([...byIdentity.values()], place);
}

function plainText(tree: Tree | undefined): string | null {
  return tree?.kind === 'scalar' && tree.value !== null ? String(tree.value) : null;
}

function textKey(tree: Tree): string {
  return plainText(tree) ?? `\0${tree.place.line}`;
}

/** Compose: unique by the four of address, target, published and protocol. */
function portKey(tree: Tree): string {
  if (tree.kind === 'map') {
    const part = (name: string, otherwise = '') => plainText(tree.entries.get(name)) ?? otherwise;
    const address = part('host_ip') === '' ? '' : `${part('host_ip')}:`;
    const published = part('published') === '' ? '' : `${part('published')}:`;
    return `${address}${published}${part('target')}/${part('protocol', 'tcp')}`;
  }
  const text = textKey(tree);
  return text.includes('/') ? text : `${text}/tcp`;
}

function targetKey(tree: Tree, separator: string, index: number): string {
  if (tree.kind === 'map') return plainText(tree.entries.get('target')) ?? textKey(tree);
  const parts = textKey(tree).split(separator);
  return parts[index] ?? parts[0] ?? '';
}

function fileTargetKey(tree: Tree): string {
  if (tree.kind === 'map') return plainText(tree.entries.get('target')) ?? plainText(tree.entries.get('source')) ?? textKey(tree);
  return textKey(tree);
}
