import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import { present, readTextItems } from '../values/read.ts';
import { type Cursor, member } from '../yaml/tree.ts';
import type { ServiceContext } from './context.ts';

/**
 * Docker's normal form: upper case, `CAP_` in front, sorted, each once; `ALL` stands for all others, and what is added is not
 * dropped (docker/cli, opts/capabilities.go). What may be added is the operator's decision.
 */
export function readCapabilities(service: Cursor, { log, policy }: ServiceContext): Pick<ServiceSpec, 'capAdd' | 'capDrop'> {
  const allowed = new Set(policy.allowAddedCapabilities.map(normalise));
  const added = new Set<string>();
  for (const [text, at] of readTextItems(member(service, 'cap_add'))) {
    const capability = normalise(text);
    added.add(capability);
    if (allowed.has(capability) || allowed.has('ALL')) continue;
    log.refuse(
      at,
      `The operator does not allow services to add ${capability}.`,
      'Remove it, or ask for `engine.allow_added_capabilities` in shipmate.yml.',
    );
  }
  const dropped = new Set(readTextItems(member(service, 'cap_drop')).map(([text]) => normalise(text)));
  const capAdd = collapse(added);
  const capDrop = collapse(dropped).filter((capability) => !capAdd.includes(capability));
  return present({ capAdd: capAdd.length === 0 ? undefined : capAdd, capDrop: capDrop.length === 0 ? undefined : capDrop });
}

function normalise(text: string): string {
  const name = text.trim().toUpperCase();
  return name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;
}

function collapse(capabilities: ReadonlySet<string>): readonly string[] {
  return capabilities.has('ALL') ? ['ALL'] : [...capabilities].sort();
}
