import { formatAction } from '../chat/action-id.ts';
import type { Element, Message } from '../chat/message.ts';
import { type DeployLock, SYSTEM_HOLDER } from '../domain/deploy-lock.ts';
import { capitalized, scopeId, scopeName, scopeWords } from '../domain/scope.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { sentence } from './wording.ts';

/** Each takes up to three elements; a message has room for these. */
const LISTED = 10;

/** Somebody locked it, or said anew why and how long. */
export function lockedView(lock: DeployLock): Message {
  const summary = lockLine(lock);
  const only = `Nobody but ${lock.holder.name} deploys there until then.`;
  return composeMessage(summary, 'warning', [
    strong(`🔒 ${summary}`),
    ends(lock),
    quiet(`${only} To end it: /unlock ${scopeWords(lock.scope)}`),
  ]);
}

export function stolenView(lock: DeployLock, from: string): Message {
  const summary = `${lock.holder.name} took over ${from}’s lock on ${scopeName(lock.scope)}`;
  const why = lock.reason === null ? null : text(sentence(lock.reason));
  return composeMessage(summary, 'warning', [
    strong(`🔒 ${summary}.`),
    why,
    ends(lock),
    quiet(`${from} is told. To end it: /unlock ${scopeWords(lock.scope)}`),
  ]);
}

export function unlockedView({ scope, holder }: DeployLock, by: { readonly id: string; readonly name: string }): Message {
  const whose = holder.id === by.id ? '' : holder.id === SYSTEM_HOLDER.id ? ' that a rollback left' : ` of ${holder.name}`;
  const summary = `${by.name} released the lock${whose} on ${scopeName(scope)}`;
  return composeMessage(summary, 'success', [strong(`🔓 ${summary}.`), quiet('Deployments that wait for it can be asked for again.')]);
}

export function locksView(locks: readonly DeployLock[], viewerId: string): Message {
  const summary = locks.length === 0 ? 'Nothing is locked' : 'What is locked';
  const own = locks.filter(({ holder }) => holder.id === viewerId);
  return composeMessage(summary, 'neutral', [
    header(summary),
    locks.length === 0 ? text('To lock: /lock <app> <environment> "why" 2h') : null,
    ...locks
      .slice(0, LISTED)
      .flatMap((lock): readonly Element[] => [
        strong(`🔒 ${lockLine(lock)}`),
        { type: 'time', label: 'Since', at: lock.since },
        ends(lock),
      ]),
    locks.length > LISTED ? quiet(`… and ${locks.length - LISTED} more.`) : null,
    { type: 'buttons', buttons: own.map(unlockButton) },
  ]);
}

/** `shop production is locked by Olga: db migration.` */
export function lockLine({ scope, holder, reason }: DeployLock): string {
  return sentence(`${capitalized(scopeName(scope))} is locked by ${holder.name}${reason === null ? '' : `: ${reason}`}`);
}

function ends({ expiresAt }: DeployLock): Element {
  return expiresAt === null ? quiet('Until somebody unlocks it.') : { type: 'time', label: 'Ends', at: expiresAt };
}

function unlockButton({ scope }: DeployLock) {
  return { action: formatAction('unlock', scopeId(scope)), label: `Unlock ${scopeName(scope)}`, style: 'normal', confirm: null } as const;
}
