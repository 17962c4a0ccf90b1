import type { FileReference } from '../../../src/domain/service-spec.ts';
import { checkSupport } from '../model/check-support.ts';
import { FILE_REFERENCE } from '../model/support.ts';
import { readText } from '../values/read.ts';
import { type Cursor, items, member, shown } from '../yaml/tree.ts';
import type { ServiceContext } from './context.ts';
import { readFileMode } from './file-mode.ts';

/** Docker's defaults: the key as file name, owner 0:0, mode 0444. Sorted by source and target. */
export function readFileReferences(service: Cursor, kind: 'secrets' | 'configs', context: ServiceContext): readonly FileReference[] {
  const references = items(member(service, kind)).flatMap((item) => readOne(item, kind, context) ?? []);
  const order = (reference: FileReference) => `${reference.source}\0${reference.target}`;
  return references.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function readOne(item: Cursor, kind: 'secrets' | 'configs', context: ServiceContext): FileReference | null {
  const { log } = context;
  checkSupport(item, FILE_REFERENCE, log);
  const source = readText(item) ?? readText(member(item, 'source'));
  if (source === undefined) {
    log.refuse(item, 'This entry names nothing.', `Write the name of one of the top-level \`${kind}\`.`);
    return null;
  }
  if (!context.defined[kind].has(source)) {
    log.refuse(
      item,
      `There is no ${kind.slice(0, -1)} ${shown(source, member(item, 'source') ?? item)}.`,
      `Add it under the top-level \`${kind}\`.`,
    );
    return null;
  }
  return {
    source,
    target: readText(member(item, 'target')) ?? source,
    uid: readText(member(item, 'uid')) ?? '0',
    gid: readText(member(item, 'gid')) ?? '0',
    mode: readFileMode(member(item, 'mode'), log) ?? 0o444,
  };
}
