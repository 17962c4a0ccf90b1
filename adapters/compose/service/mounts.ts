import { posix, resolve } from 'node:path';
import type { MountSpec } from '../../../src/domain/service-spec.ts';
import { isInside } from '../disk-files.ts';
import { checkSupport } from '../model/check-support.ts';
import { SERVICE_VOLUME, VOLUME_OPTIONS } from '../model/support.ts';
import { present, readBoolean, readBytes, readText, readTextItems } from '../values/read.ts';
import { type Cursor, items, member, shown, written } from '../yaml/tree.ts';
import type { ServiceContext } from './context.ts';
import { readFileMode } from './file-mode.ts';

const PROPAGATIONS = new Set(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']);

/** `volumes` in the order written, then `tmpfs`. */
export function readMounts(service: Cursor, context: ServiceContext): readonly MountSpec[] {
  const volumes = items(member(service, 'volumes')).map((item) =>
    item.tree.kind === 'map' ? readLongForm(item, context) : readShortForm(item, context),
  );
  const tmpfs = readTextItems(member(service, 'tmpfs')).map(([text, item]) => readTmpfs(text, item, context));
  const mounts = [...volumes, ...tmpfs].filter((mount) => mount !== null);
  const targets = mounts.map(({ target }) => posix.resolve('/', target));
  if (new Set(targets).size < targets.length) {
    context.log.refuse(member(service, 'volumes') ?? service, 'Two mounts have the same target.', 'Keep one of them.');
  }
  return mounts;
}

function readShortForm(cursor: Cursor, context: ServiceContext): MountSpec | null {
  const { log } = context;
  const text = readText(cursor) ?? '';
  const parts = text.split(':');
  if (parts.length > 3 || parts.some((part) => part === '')) {
    log.refuse(
      cursor,
      `${written(cursor)} is not a mount.`,
      'Write `volume:/path`, `/host/path:/path:ro` or `/path`; an empty part may be a variable without a value.',
    );
    return null;
  }
  const [first = '', second, options = ''] = parts;
  if (second === undefined) return { type: 'volume', target: readTarget(first, cursor, context), readOnly: false };
  const parsed = readOptions(options, cursor, context);
  if (parsed === null) return null;
  const { readOnly, noCopy, propagation } = parsed;
  const target = readTarget(second, cursor, context);
  if (/^[./~]/.test(first)) return bind(first, target, readOnly, propagation, cursor, context);
  return named(first, target, readOnly, noCopy, cursor, context);
}

type MountOptions = { readonly readOnly: boolean; readonly noCopy: true | undefined; readonly propagation: string | undefined };

function readOptions(text: string, cursor: Cursor, { log }: ServiceContext): MountOptions | null {
  let options: MountOptions = { readOnly: false, noCopy: undefined, propagation: undefined };
  for (const option of text === '' ? [] : text.split(',')) {
    if (option === 'ro' || option === 'rw') options = { ...options, readOnly: option === 'ro' };
    else if (option === 'nocopy') options = { ...options, noCopy: true };
    else if (PROPAGATIONS.has(option)) options = { ...options, propagation: option };
    else if (option === 'cached' || option === 'delegated' || option === 'consistent') {
      log.warn(cursor, `${shown(option, cursor)} only matters on Docker Desktop.`, 'You may remove it.');
    } else {
      const isLabel = option === 'z' || option === 'Z';
      log.refuse(
        cursor,
        isLabel ? 'A Swarm does not relabel folders.' : `${shown(option, cursor)} is not an option of a mount.`,
        isLabel ? 'Label the folder on its node.' : 'Write `ro`, `rw` or `nocopy`.',
      );
      return null;
    }
  }
  return options;
}

function readLongForm(cursor: Cursor, context: ServiceContext): MountSpec | null {
  const { log } = context;
  checkSupport(cursor, SERVICE_VOLUME, log);
  for (const kind of ['bind', 'volume', 'tmpfs'] as const) checkSupport(member(cursor, kind), VOLUME_OPTIONS[kind], log);
  const type = readText(member(cursor, 'type')) ?? 'volume';
  const source = readText(member(cursor, 'source'));
  const target = readTarget(readText(member(cursor, 'target')) ?? '', member(cursor, 'target') ?? cursor, context);
  const readOnly = readBoolean(member(cursor, 'read_only'), log) ?? false;
  for (const other of ['bind', 'volume', 'tmpfs'] as const) {
    const options = member(cursor, other);
    if (other !== type && options !== null)
      log.refuse(options, `These options are for mounts of type ${other}; this one is not.`, 'Remove them.');
  }
  switch (type) {
    case 'volume': {
      const noCopy = readBoolean(member(member(cursor, 'volume'), 'nocopy'), log) === true ? true : undefined;
      if (source === undefined || source === '') return { type: 'volume', target, readOnly, ...present({ noCopy }) };
      return named(source, target, readOnly, noCopy, member(cursor, 'source') ?? cursor, context);
    }
    case 'bind': {
      const propagation = member(member(cursor, 'bind'), 'propagation');
      const text = readText(propagation);
      if (propagation !== null && text !== undefined && !PROPAGATIONS.has(text)) {
        log.refuse(propagation, `${written(propagation)} is not a propagation.`, `Write one of: ${[...PROPAGATIONS].join(', ')}.`);
      }
      if (source === undefined || source === '') {
        log.refuse(cursor, 'This bind mount has no source.', 'Add `source:` with a path on the node.');
        return null;
      }
      return bind(source, target, readOnly, text, member(cursor, 'source') ?? cursor, context);
    }
    case 'tmpfs': {
      if (source !== undefined && source !== '') log.refuse(cursor, 'A tmpfs has no source.', 'Remove `source`.');
      const options = member(cursor, 'tmpfs');
      const sizeBytes = readBytes(member(options, 'size'), log);
      const mode = readFileMode(member(options, 'mode'), log);
      return { type: 'tmpfs', target, readOnly, ...present({ sizeBytes: sizeBytes === 0 ? undefined : sizeBytes, mode }) };
    }
    default:
      log.refuse(
        member(cursor, 'type') ?? cursor,
        `Mounts of type ${shown(type, member(cursor, 'type') ?? cursor)} are not supported.`,
        'Use a volume, a tmpfs, or a bind mount where the operator allows it.',
      );
      return null;
  }
}

function named(
  source: string,
  target: string,
  readOnly: boolean,
  noCopy: true | undefined,
  cursor: Cursor,
  context: ServiceContext,
): MountSpec {
  if (!context.defined.volumes.has(source)) {
    context.log.refuse(cursor, `There is no volume ${shown(source, cursor)}.`, 'Add it under the top-level `volumes`.');
  }
  return { type: 'volume', source, target, readOnly, ...present({ noCopy }) };
}

function bind(
  source: string,
  target: string,
  readOnly: boolean,
  propagation: string | undefined,
  cursor: Cursor,
  context: ServiceContext,
): MountSpec | null {
  const { log, policy } = context;
  if (source.startsWith('~')) {
    log.refuse(
      cursor,
      'A home folder means nothing on the nodes of a Swarm.',
      'Use a named volume, or a `configs` or `secrets` entry for a file.',
    );
    return null;
  }
  const path = resolve(cursor.tree.place.source.folder, source);
  if (!policy.allowBindMounts.some((allowed) => isInside(resolve(allowed), path))) {
    const allowed = policy.allowBindMounts.length === 0 ? 'none are allowed' : `allowed are ${policy.allowBindMounts.join(', ')}`;
    log.refuse(
      cursor,
      `This mounts a folder of the node, which the operator does not allow (${allowed}).`,
      'Use a named volume; a `configs` or `secrets` entry for a file; or ask for `engine.allow_bind_mounts` in shipmate.yml.',
    );
    return null;
  }
  return { type: 'bind', source: path, target, readOnly, ...present({ propagation }) };
}

/** `/run`, or `/run:size=64m,mode=1770,ro`. */
function readTmpfs(text: string, cursor: Cursor, context: ServiceContext): MountSpec | null {
  const [path = '', options = ''] = text.split(/:(.*)/s);
  const target = readTarget(path, cursor, context);
  let mount: MountSpec = { type: 'tmpfs', target, readOnly: false };
  for (const option of options === '' ? [] : options.split(',')) {
    const [name = '', value = ''] = option.split('=');
    const at: Cursor = { key: cursor.key, tree: { kind: 'scalar', value, raw: option, place: cursor.tree.place } };
    if (name === 'size') mount = { ...mount, ...present({ sizeBytes: readBytes(at, context.log) }) };
    else if (name === 'mode') mount = { ...mount, ...present({ mode: readFileMode(at, context.log) }) };
    else if (name === 'ro' || name === 'rw') mount = { ...mount, readOnly: name === 'ro' };
    else context.log.refuse(cursor, `A Swarm has no option ${shown(name, cursor)} for a tmpfs.`, 'Write `size=`, `mode=`, `ro` or `rw`.');
  }
  return mount;
}

function readTarget(path: string, cursor: Cursor, { log }: ServiceContext): string {
  if (!path.startsWith('/')) log.refuse(cursor, 'The path inside the container must begin with "/".', 'Write it in full: `/data`.');
  else if (posix.resolve(path) === '/') log.refuse(cursor, 'Nothing can be mounted over the whole container.', 'Name a folder in it.');
  return path;
}
