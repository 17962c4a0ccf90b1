import type { Element } from '../chat/message.ts';
import type { Closure } from '../domain/environment-gate.ts';
import { strong } from './compose-message.ts';
import { lockLine } from './locks.ts';
import { sentence } from './wording.ts';

/** What keeps an environment closed, and until when. */
export function closureElements(closure: Closure): readonly Element[] {
  const opens: readonly Element[] = closure.opensAt === null ? [] : [{ type: 'time', label: 'Opens', at: closure.opensAt }];
  return [strong(`⛔ ${line(closure)}`), ...opens];
}

function line(closure: Closure): string {
  switch (closure.kind) {
    case 'locked':
      return lockLine(closure.lock);
    case 'frozen':
      return sentence(`Frozen by ${closure.freeze.createdBy?.name ?? 'shipmate.yml'}: ${closure.freeze.reason}`);
    case 'outside_window':
      return 'Takes deployments at certain times only: /freezes lists them.';
  }
}

/** In a list. */
export function closureMark(closure: Closure | null): string {
  return closure === null ? '' : '⛔';
}

/** In a table's cell. */
export function closureWord(closure: Closure): string {
  return `⛔ ${closure.kind === 'outside_window' ? 'closed' : closure.kind}`;
}
