import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { isSecretName } from '../../../src/domain/secret.ts';
import type { FileObjectSpec } from '../../../src/domain/stack-spec.ts';
import type { StoredSecrets } from '../../../src/ports/app-source.ts';
import type { FindingLog } from '../finding-log.ts';
import { checkSupport } from '../model/check-support.ts';
import { CONFIG, SECRET } from '../model/support.ts';
import type { Variables } from '../model/variables.ts';
import { explainFailure, type ProjectFiles } from '../project-files.ts';
import { present, readText, readTextMap } from '../values/read.ts';
import { type Cursor, member, shown } from '../yaml/tree.ts';
import { readExternalName } from './external.ts';

/** Swarm's own bounds (swarmkit, api/validation): 500 KiB of secret, 1000 KiB of config, at least one byte. */
const LARGEST = { secret: 500 * 1024, config: 1000 * 1024 };
const LONGEST_NAME = 64;

export type FileObjectContext = {
  readonly app: string;
  readonly environment: string;
  readonly stack: string;
  readonly log: FindingLog;
  readonly variables: Variables;
  readonly files: ProjectFiles;
  readonly fingerprint: (bytes: Uint8Array) => string;
  readonly stored: StoredSecrets | 'unknown';
};

export type FileObject = { readonly spec: FileObjectSpec; readonly content: Uint8Array | null };

/** Content is null for external objects, and after a refusal. */
export function readFileObject(kind: 'secret' | 'config', key: string, definition: Cursor, context: FileObjectContext): FileObject {
  const { log, stack } = context;
  checkSupport(definition, kind === 'secret' ? SECRET : CONFIG, log);
  const externalName = readExternalName(definition, key, log);
  if (externalName !== null) return { spec: { engineName: externalName, external: true, fingerprint: '', labels: {} }, content: null };
  const content = readContent(kind, definition, context);
  const fingerprint = content === null ? '' : shorten(context.fingerprint(content));
  const name = kind === 'secret' ? readText(member(definition, 'environment')) : undefined;
  const spec: FileObjectSpec = {
    engineName: versionedName(readText(member(definition, 'name')) ?? `${stack}_${key}`, fingerprint),
    external: false,
    fingerprint,
    labels: readTextMap(member(definition, 'labels')),
    ...present({
      templateDriver: readText(member(definition, 'template_driver')),
      secretName: name !== undefined && isStored(name, context) ? name : undefined,
    }),
  };
  return { spec, content };
}

function readContent(kind: 'secret' | 'config', definition: Cursor, context: FileObjectContext): Uint8Array | null {
  const { log } = context;
  const ways = ['file', 'environment', 'content'].flatMap((name) => member(definition, name) ?? []);
  const [way, second] = ways;
  if (way === undefined) {
    const choices = kind === 'secret' ? '`file:`, `environment:`' : '`file:`, `content:`, `environment:`';
    log.refuse(definition, `This ${kind} has no content.`, `Add ${choices} or \`external: true\`.`);
    return null;
  }
  if (second !== undefined) {
    log.refuse(second, `This ${kind} has two contents.`, 'Keep one of them.');
    return null;
  }
  const content = contentOf(kind, way, context);
  if (content === null) return null;
  if (content.length === 0) log.refuse(way, `This ${kind} is empty, which the engine does not take.`, 'Give it some content.');
  else if (content.length >= LARGEST[kind]) {
    log.refuse(
      way,
      `This ${kind} has ${content.length} bytes; the engine takes less than ${LARGEST[kind]}.`,
      'Use a volume or an image for large content.',
    );
  } else return content;
  return null;
}

function contentOf(kind: 'secret' | 'config', way: Cursor, context: FileObjectContext): Uint8Array | null {
  const { log, files } = context;
  const text = readText(way) ?? '';
  if (way.key.endsWith('.content')) return new TextEncoder().encode(text);
  if (way.key.endsWith('.environment')) return kind === 'secret' ? secretNamed(text, way, context) : variableNamed(text, way, context);
  const read = files.read(resolve(way.tree.place.source.folder, text), 'project');
  if ('bytes' in read) return read.bytes;
  log.refuse(way, ...explainFailure(read.failure));
  return null;
}

const WHERE_VARIABLES_ARE_SET =
  "the app environment's `variables` or `env_files` in shipmate.yml (the bot's own environment is never read: its secrets live there)";

/** What `/secret set` keeps goes before a variable of the same name. */
function secretNamed(name: string, way: Cursor, context: FileObjectContext): Uint8Array | null {
  const { log, variables, stored, app, environment } = context;
  if (stored !== 'unknown' && stored.has(name)) return stored.open(name);
  const value = variables.get(name);
  if (value !== undefined) return new TextEncoder().encode(value);
  const set = `/secret set ${app} ${environment} ${isSecretName(name) ? name : '<NAME>'}`;
  if (stored === 'unknown') {
    log.warn(way, `Whether the secret ${shown(name, way)} is set was not checked.`, `\`/secret list ${app} ${environment}\` tells.`);
    return new TextEncoder().encode('unknown');
  }
  log.refuse(way, `The secret ${shown(name, way)} is not set.`, `Type \`${set}\` in the chat, or set it in ${WHERE_VARIABLES_ARE_SET}.`);
  return null;
}

/** Everybody who may look at the engine can read a config, so no secret becomes one. */
function variableNamed(name: string, way: Cursor, { log, variables }: FileObjectContext): Uint8Array | null {
  const value = variables.get(name);
  if (value !== undefined) return new TextEncoder().encode(value);
  if (variables.isOnlySecret(name))
    log.refuse(
      way,
      `${shown(name, way)} is a secret, and a config can be read by everybody who sees the engine.`,
      'Make it one of `secrets`.',
    );
  else log.refuse(way, `The variable ${shown(name, way)} is not set.`, `Set it in ${WHERE_VARIABLES_ARE_SET}.`);
  return null;
}

function isStored(name: string, { stored }: FileObjectContext): boolean {
  return stored !== 'unknown' && stored.has(name);
}

/** 8 to 16 characters that are good in an object name. */
function shorten(fingerprint: string): string {
  const plain = fingerprint.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 16);
  return plain.length >= 8 ? plain : createHash('sha256').update(fingerprint).digest('hex').slice(0, 16);
}

/** `<name>_<fingerprint>`; a long name keeps its beginning and gets a hash of the whole, so that two long names stay apart. */
function versionedName(name: string, fingerprint: string): string {
  const whole = `${name}_${fingerprint}`;
  if (whole.length <= LONGEST_NAME) return whole;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST_NAME - fingerprint.length - hash.length - 2)}-${hash}_${fingerprint}`;
}
