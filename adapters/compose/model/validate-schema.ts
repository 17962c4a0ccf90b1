import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { closest } from '../did-you-mean.ts';
import type { FindingLog } from '../finding-log.ts';
import { type Cursor, joinKey, type MapTree, map, type Tree, toPlain } from '../yaml/tree.ts';

const MOST_ERRORS = 1000;

let compiled: ValidateFunction | null = null;

/** Compiled once, when first needed. */
function composeSchema(): ValidateFunction {
  if (compiled !== null) return compiled;
  const schema: unknown = JSON.parse(readFileSync(new URL('../schemas/compose-spec.json', import.meta.url), 'utf8'));
  if (typeof schema !== 'object' || schema === null) throw new TypeError('schemas/compose-spec.json is not a schema');
  // The file names its meta-schema by an https address that Ajv does not know; it is draft 7, Ajv's own default.
  const { $schema: _, ...body } = { $schema: '', ...schema };
  compiled = new Ajv({ allErrors: true, verbose: true, strict: false, logger: false }).compile(body);
  return compiled;
}

/** Is this file what the Compose Specification's schema says? Every error goes to the line of the value it is about. */
export function validateSchema(tree: MapTree, log: FindingLog): boolean {
  const validate = composeSchema();
  const cleaned = withoutResets(tree);
  if (validate(toPlain(cleaned))) return true;
  for (const error of mostTelling((validate.errors ?? []).slice(0, MOST_ERRORS))) report(error, cleaned, log);
  return false;
}

/** Indexes in the validator's paths must be the tree's: what `!reset` removes goes first. */
function withoutResets(tree: MapTree): MapTree {
  const kept = [...tree.entries].filter(([, value]) => value.tag !== 'reset').map(([name, value]) => [name, strip(value)] as const);
  return map(kept, tree.place);
}

function strip(tree: Tree): Tree {
  if (tree.kind === 'map') return withoutResets(tree);
  if (tree.kind === 'list') return { ...tree, items: tree.items.filter((item) => item.tag !== 'reset').map(strip) };
  return tree;
}

/**
 * A failed `oneOf` comes with the errors of all its branches. A branch whose type does not fit at all says nothing; when
 * every branch fails by type, one sentence names the types; otherwise only the errors further inside are of use.
 */
function mostTelling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const alternatives = errors.filter((error) => error.keyword === 'oneOf');
  const hidden = new Set<ErrorObject>();
  for (const alternative of alternatives) {
    const branches = errors.filter((error) => error !== alternative && isWithin(error, alternative));
    const typeErrors = branches.filter((error) => error.keyword === 'type' && error.instancePath === alternative.instancePath);
    const others = branches.filter((error) => !typeErrors.includes(error));
    if (others.length > 0) {
      hidden.add(alternative);
      for (const error of typeErrors) hidden.add(error);
    } else {
      for (const error of typeErrors) hidden.add(error);
    }
  }
  return errors.filter((error) => !hidden.has(error));
}

function isWithin(error: ErrorObject, alternative: ErrorObject): boolean {
  if (error.instancePath !== alternative.instancePath && !error.instancePath.startsWith(`${alternative.instancePath}/`)) return false;
  // Inside the same subtree but from the branches of this alternative: their schema paths run through a `oneOf` or a `$ref` below it.
  return error.keyword !== 'oneOf' || error.instancePath !== alternative.instancePath;
}

function report(error: ErrorObject, root: Tree, log: FindingLog): void {
  const at = locate(root, error.instancePath);
  log.refuse(placeOf(error, at), ...explain(error, at));
}

/** Where a person has to look: the key that does not belong there, the item that is there twice, otherwise the value itself. */
function placeOf({ keyword, params }: ErrorObject, at: Cursor): Cursor {
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    const child = at.tree.kind === 'map' ? at.tree.entries.get(name) : undefined;
    return { tree: child ?? at.tree, key: joinKey(at.key, name) };
  }
  if (keyword === 'uniqueItems' && at.tree.kind === 'list') {
    const index = Math.max(Number(params['i']), Number(params['j']));
    return { tree: at.tree.items[index] ?? at.tree, key: `${at.key}[${index}]` };
  }
  return at;
}

function explain({ keyword, params, message, schema, parentSchema }: ErrorObject, at: Cursor): [problem: string, remedy: string] {
  switch (keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      const allowed = propertyNames(parentSchema);
      const meant = closest(name, allowed);
      if (meant !== null) return [`The Compose Specification has no key "${name}" here.`, `Did you mean \`${meant}\`?`];
      if (allowed.length === 0)
        return [`"${name}" is not a name that is allowed here.`, 'Use letters, digits, dots, dashes and underscores.'];
      return [`The Compose Specification has no key "${name}" here.`, 'Remove it, or begin its name with `x-` if it is your own.'];
    }
    case 'required':
      return [`The key "${String(params['missingProperty'])}" is missing.`, 'Add it.'];
    case 'enum': {
      const values: readonly unknown[] = Array.isArray(params['allowedValues']) ? params['allowedValues'] : [];
      return ['This value is not one of those allowed.', `Write one of: ${values.join(', ')}.`];
    }
    case 'type':
      return [`This is ${nameOf(at.tree)}, which does not fit here.`, `Write ${typeNames(params['type'])}.`];
    case 'oneOf':
      return [`This is ${nameOf(at.tree)}, which does not fit here.`, `Write ${branchTypes(schema)}.`];
    case 'uniqueItems':
      return ['This list names the same thing twice.', 'Remove one of them.'];
    default:
      return [`This value does not fit: it ${message ?? 'is not valid'}.`, 'See the Compose Specification for this key.'];
  }
}

/** Follows a JSON pointer; the last place that exists, if the rest does not. */
function locate(root: Tree, pointer: string): Cursor {
  let at: Cursor = { tree: root, key: '' };
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const tree = at.tree.kind === 'map' ? at.tree.entries.get(name) : at.tree.kind === 'list' ? at.tree.items[Number(name)] : undefined;
    if (tree === undefined) break;
    at = { tree, key: at.tree.kind === 'list' ? `${at.key}[${name}]` : joinKey(at.key, name) };
  }
  return at;
}

function propertyNames(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return [];
  return typeof schema.properties === 'object' && schema.properties !== null ? Object.keys(schema.properties) : [];
}

function nameOf(tree: Tree): string {
  if (tree.kind === 'list') return 'a list';
  if (tree.kind === 'map') return 'a mapping';
  if (tree.value === null) return 'empty';
  return typeof tree.value === 'string' ? 'a text' : typeof tree.value === 'number' ? 'a number' : 'true or false';
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text (in quotes if it looks like something else)',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  object: 'a mapping (`key: value` lines)',
  array: 'a list (lines that begin with `-`)',
  null: 'nothing',
};

function typeNames(types: unknown): string {
  const names = (Array.isArray(types) ? types : [types]).map((type) => TYPE_NAMES[String(type)] ?? String(type));
  return [...new Set(names)].filter((name) => name !== 'nothing' || names.length === 1).join(' or ');
}

function branchTypes(schema: unknown): string {
  const branches: readonly unknown[] = Array.isArray(schema) ? schema : [];
  const types = branches.flatMap((branch) => {
    if (typeof branch !== 'object' || branch === null) return [];
    if ('type' in branch) return Array.isArray(branch.type) ? branch.type : [branch.type];
    return '$ref' in branch && String(branch.$ref).endsWith('list_of_strings') ? ['array'] : [];
  });
  return types.length === 0 ? 'a value that the Compose Specification allows' : typeNames(types);
}
