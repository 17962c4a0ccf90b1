import { dirname, relative, resolve } from 'node:path';
import type { FindingLog } from '../finding-log.ts';
import { explainFailure, type ProjectFiles } from '../project-files.ts';
import { parseYaml } from '../yaml/parse-yaml.ts';
import { type Cursor, type MapTree, member, members, type Source, shown, type Tree } from '../yaml/tree.ts';
import { mergeTrees } from './merge.ts';
import { validateSchema } from './validate-schema.ts';
import { interpolate, type Variables } from './variables.ts';

export type LoadContext = {
  readonly files: ProjectFiles;
  /** Relative paths written in the app's own files start here. */
  readonly projectFolder: string;
  /** File names in findings are relative to this folder. */
  readonly workspaceFolder: string;
  readonly variables: Variables;
  readonly log: FindingLog;
};

const LONGEST_EXTENDS_CHAIN = 20;

/** Reads one Compose file named in shipmate.yml: parsed, filled in, checked against the schema, `extends` resolved. */
export function loadFile(path: string, context: LoadContext): MapTree | null {
  const source = { name: displayName(path, context), folder: context.projectFolder };
  const read = context.files.read(path, 'workspace');
  if ('failure' in read) {
    context.log.refuseFile(source.name, ...explainFailure(read.failure));
    return null;
  }
  const tree = prepare(read.bytes, source, context);
  return tree === null ? null : new ExtendsResolver(context).resolveAll(tree, path);
}

export function displayName(path: string, context: Pick<LoadContext, 'workspaceFolder'>): string {
  const name = relative(context.workspaceFolder, path);
  return name === '' || name.startsWith('..') ? path : name;
}

function prepare(bytes: Uint8Array, source: Source, context: LoadContext): MapTree | null {
  const { log, variables } = context;
  const tree = parseYaml(bytes, source, log);
  if (tree === null) return null;
  if (tree.kind !== 'map') {
    log.refuseFile(source.name, 'This file has no services.', 'Write at least `services:` with one service and its `image`.');
    return null;
  }
  const filled = interpolate(tree, variables, log);
  return filled.kind === 'map' && validateSchema(filled, log) ? filled : null;
}

/** `extends`: a service takes over another one's definition, from the same file or another, and says what differs. */
class ExtendsResolver {
  readonly #context: LoadContext;
  readonly #loaded = new Map<string, MapTree | null>();

  constructor(context: LoadContext) {
    this.#context = context;
  }

  resolveAll(tree: MapTree, path: string): MapTree | null {
    this.#loaded.set(path, tree);
    const services = member({ tree, key: '' }, 'services');
    if (services?.tree.kind !== 'map') return tree;
    const resolved = new Map<string, Tree>();
    for (const [name, service] of members(services)) {
      const whole = this.#resolve(service, name, path, []);
      if (whole !== null) resolved.set(name, whole);
    }
    const entries = new Map(tree.entries).set('services', { ...services.tree, entries: resolved });
    return { ...tree, entries };
  }

  #resolve(service: Cursor, name: string, path: string, chain: readonly string[]): Tree | null {
    const { log } = this.#context;
    if (service.tree.kind !== 'map') return service.tree;
    const extending = member(service, 'extends');
    if (extending === null) return service.tree;
    const link = `${displayName(path, this.#context)} ${name}`;
    if (chain.includes(link) || chain.length >= LONGEST_EXTENDS_CHAIN) {
      log.refuse(extending, `\`extends\` goes round in a circle: ${[...chain, link].join(' → ')}.`, 'Break the circle.');
      return null;
    }
    const base = this.#base(extending, path);
    if (base === null) return null;
    const whole = this.#resolve(base.service, base.name, base.path, [...chain, link]);
    if (whole === null) return null;
    const own = new Map(service.tree.entries);
    own.delete('extends');
    const merged = mergeTrees(whole, { ...service.tree, entries: own }, ['services', '*']);
    return { ...merged, place: service.tree.place };
  }

  #base(extending: Cursor, path: string): { service: Cursor; name: string; path: string } | null {
    const { log } = this.#context;
    const file = text(member(extending, 'file'));
    const name = text(extending) ?? text(member(extending, 'service')) ?? '';
    const basePath = file === null ? path : resolve(extending.tree.place.source.folder, file);
    const tree = this.#load(basePath, extending);
    if (tree === null) return null;
    const services = member({ tree, key: '' }, 'services');
    const service = member(services, name);
    if (service === null) {
      const names = members(services).map(([each]) => each);
      log.refuse(
        extending,
        `There is no service ${shown(name, member(extending, 'service') ?? extending)} in ${displayName(basePath, this.#context)}.`,
        names.length === 0 ? 'Correct the name.' : `It has: ${names.join(', ')}.`,
      );
      return null;
    }
    return { service, name, path: basePath };
  }

  #load(path: string, extending: Cursor): MapTree | null {
    const known = this.#loaded.get(path);
    if (known !== undefined) return known;
    const read = this.#context.files.read(path, 'project');
    if ('failure' in read) {
      this.#context.log.refuse(member(extending, 'file') ?? extending, ...explainFailure(read.failure));
      this.#loaded.set(path, null);
      return null;
    }
    // Paths written in a file that is extended start at that file's own folder.
    const source = { name: displayName(path, this.#context), folder: dirname(path) };
    const tree = prepare(read.bytes, source, this.#context);
    this.#loaded.set(path, tree);
    return tree;
  }
}

function text(cursor: Cursor | null): string | null {
  return cursor?.tree.kind === 'scalar' && cursor.tree.value !== null ? String(cursor.tree.value) : null;
}
