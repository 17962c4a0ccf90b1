import type { Element, Message } from '../chat/message.ts';
import type { ServiceDifference } from '../domain/diff-stacks.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { shownChange } from './plan-elements.ts';
import { count, names } from './wording.ts';

type Side = { readonly app: string; readonly environment: string; readonly version: string; readonly revision: number | null };
export type DifferenceFacts = { readonly before: Side; readonly after: Side; readonly services: readonly ServiceDifference[] };

/** Two releases side by side: which services differ and in what, which are only in one of them, which are the same. */
export function differenceView({ before, after, services }: DifferenceFacts): Message {
  const title = `${before.app}: ${nameOf(before, after)} → ${nameOf(after, before)}`;
  const differing = services.filter(({ changes }) => changes.length > 0);
  const same = services.filter((service) => service.in === 'both' && service.changes.length === 0).map(({ service }) => service);
  const onlyBefore = services.filter((service) => service.in === 'before').map(({ service }) => service);
  const onlyAfter = services.filter((service) => service.in === 'after').map(({ service }) => service);
  const isSame = differing.length + onlyBefore.length + onlyAfter.length === 0;
  const line = isSame ? 'They are the same.' : summary(differing.length, onlyBefore.length, onlyAfter.length);
  return composeMessage(`${title}: ${line}`, 'neutral', [
    header(title),
    strong(line),
    onlyBefore.length === 0 ? null : text(`Only in ${nameOf(before, after)}: ${names(onlyBefore, 8)}`),
    onlyAfter.length === 0 ? null : text(`Only in ${nameOf(after, before)}: ${names(onlyAfter, 8)}`),
    ...differing.map(({ service, changes }): Element => ({ type: 'changes', title: service, changes: changes.map(shownChange) })),
    same.length === 0 ? null : quiet(`The same: ${names(same, 8)}`),
    quiet(`${origin(before)}; ${origin(after)}. What the engine shows: /status ${before.app} ${before.environment}`),
  ]);
}

/** What tells the two apart comes first; of one environment that is the version alone. */
function nameOf(side: Side, other: Side): string {
  if (side.environment !== other.environment) return `${side.environment} ${side.version}`;
  return side.version === other.version && side.revision !== null ? `${side.version} (revision ${side.revision})` : side.version;
}

function summary(differing: number, onlyBefore: number, onlyAfter: number): string {
  const one = onlyBefore + onlyAfter;
  const parts = [
    differing === 0 ? null : `${count(differing, 'service')} ${differing === 1 ? 'differs' : 'differ'}`,
    one === 0 ? null : `${count(one, 'service')} ${one === 1 ? 'is' : 'are'} only in one`,
  ];
  return `${parts.filter((part) => part !== null).join(', ')}.`;
}

function origin({ environment, version, revision }: Side): string {
  return revision === null
    ? `${version} as it would be deployed to ${environment} now`
    : `${version} as ${environment} ran it in revision ${revision}`;
}
