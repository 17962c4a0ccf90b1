import { humanBehind, isMachine } from './machine.ts';

export const SHARE_WINDOW_MS = 3_600_000;

/** How often one person or machine asked for deployments to one environment of an app in the last hour. */
export type AskedOften = { readonly requester: string; readonly count: number; readonly oldestAt: number };

/** Whose share is used up, how many it is, and when the next one is free at the earliest. */
export type UsedUp = { readonly share: 'everybody' | 'person' | 'machines'; readonly most: number; readonly freeAt: number };

/**
 * May this person or machine ask once more? Null when they may. `max` is what everybody together has in an hour. One human has half of
 * it, with all their tokens and hooks, so that nobody uses it up for the others; and their machines have half of that, so that a
 * pipeline does not use it up for its owner.
 */
export function whyUsedUp(asked: readonly AskedOften[], requester: string, max: number): UsedUp | null {
  const human = humanBehind(requester);
  const own = asked.filter((other) => humanBehind(other.requester) === human);
  const half = Math.ceil(max / 2);
  return (
    (isMachine(requester) ? usedUp('machines', own.filter(isOfMachine), Math.ceil(half / 2)) : null) ??
    usedUp('person', own, half) ??
    usedUp('everybody', asked, max)
  );
}

function usedUp(share: UsedUp['share'], asked: readonly AskedOften[], most: number): UsedUp | null {
  const count = asked.reduce((sum, each) => sum + each.count, 0);
  return count < most ? null : { share, most, freeAt: Math.min(...asked.map(({ oldestAt }) => oldestAt)) + SHARE_WINDOW_MS };
}

function isOfMachine({ requester }: AskedOften): boolean {
  return isMachine(requester);
}
