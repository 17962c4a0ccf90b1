import { resolve } from 'node:path';
import { secretAsText } from '../model/variables.ts';
import { explainFailure } from '../project-files.ts';
import { parseDotenv } from '../values/dotenv.ts';
import { readBoolean, readPairs, readText, readTextItems, sortedRecord } from '../values/read.ts';
import { type Cursor, items, member } from '../yaml/tree.ts';
import type { ServiceContext } from './context.ts';

/** `env_file` first, in order; `environment` over it. A bare `KEY` takes the variable of that name, or is removed from the image's. */
export function readEnvironment(service: Cursor, context: ServiceContext): Readonly<Record<string, string | null>> {
  const environment = new Map<string, string | null>();
  for (const file of envFiles(member(service, 'env_file'), context)) {
    for (const [name, value] of readEnvFile(file, context)) environment.set(name, value ?? context.variables.get(name) ?? null);
  }
  for (const [name, { value, at }] of readPairs(member(service, 'environment'))) {
    if (name === '' || name.includes('\0')) context.log.refuse(at, 'An environment variable needs a name.', 'Write `NAME: value`.');
    else if (name.includes('='))
      context.log.refuse(at, 'The name of an environment variable cannot have "=" in it.', 'Write `NAME: value`.');
    if (value === null && context.variables.isOnlySecret(name)) context.log.refuse(at, ...secretAsText(name));
    environment.set(name, value ?? context.variables.get(name) ?? null);
    warnAboutOctal(at, context);
  }
  return sortedRecord(environment);
}

/** `UMASK: 0022` reaches the program as 18, as it does with Docker's own tools. */
function warnAboutOctal(at: Cursor, { log }: ServiceContext): void {
  if (at.tree.kind !== 'scalar' || typeof at.tree.value !== 'number' || String(at.tree.value) === at.tree.raw) return;
  log.warn(at, `YAML reads ${at.tree.raw} as the number ${at.tree.value}.`, `Put it in quotes if the program must see ${at.tree.raw}.`);
}

type EnvFile = { readonly path: string; readonly required: boolean; readonly format: 'dotenv' | 'raw'; readonly at: Cursor };

function envFiles(cursor: Cursor | null, context: ServiceContext): readonly EnvFile[] {
  if (cursor === null) return [];
  const each = cursor.tree.kind === 'list' ? items(cursor) : [cursor];
  return each.flatMap((item) => {
    const written = readText(item) ?? readText(member(item, 'path'));
    if (written === undefined) return [];
    const format = member(item, 'format');
    const formatText = readText(format);
    if (format !== null && formatText !== 'raw')
      context.log.refuse(format, 'There is no such format of env files.', 'Write `raw`, or remove it.');
    const required = readBoolean(member(item, 'required'), context.log) ?? true;
    return [{ path: resolve(item.tree.place.source.folder, written), required, format: formatText === 'raw' ? 'raw' : 'dotenv', at: item }];
  });
}

function readEnvFile(file: EnvFile, context: ServiceContext): readonly (readonly [string, string | null])[] {
  const read = context.files.read(file.path, 'project');
  if ('failure' in read) {
    if (read.failure !== 'missing' || file.required) context.log.refuse(file.at, ...explainFailure(read.failure));
    return [];
  }
  const { entries, problems } = parseDotenv(new TextDecoder().decode(read.bytes), (name) => context.variables.get(name), file.format);
  for (const { line, problem } of problems) context.log.refuse(file.at, `Line ${line} of this env file: ${problem}`, 'Correct the line.');
  return entries.map(({ name, value }) => [name, value] as const);
}

/** `label_file` first, `labels` over it. */
export function readContainerLabels(service: Cursor, context: ServiceContext): Readonly<Record<string, string>> {
  const labels = new Map<string, string>();
  for (const [written, at] of readTextItems(member(service, 'label_file'))) {
    const file: EnvFile = { path: resolve(at.tree.place.source.folder, written), required: true, format: 'dotenv', at };
    for (const [name, value] of readEnvFile(file, context)) labels.set(name, value ?? '');
  }
  for (const [name, { value }] of readPairs(member(service, 'labels'))) labels.set(name, value ?? '');
  return sortedRecord(labels);
}
