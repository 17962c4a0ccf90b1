import { SHARE_WINDOW_MS, type UsedUp, whyUsedUp } from '../domain/deployment-share.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { DeploymentStore } from '../ports/database.ts';
import type { Parts } from './parts.ts';
import { tooMuch } from './rate-limit.ts';

/** Who asks for what; one environment of an app is one stack. */
export type ShareRequest = { readonly app: string; readonly environment: string; readonly stack: string; readonly requester: string };

/**
 * Is there room for one more deployment in this hour? What was refused does not count. It is exact under the lock of the stack's queue;
 * without it, it saves the work for what would be refused in the end.
 */
export async function checkShare(
  parts: Pick<Parts, 'workspace' | 'clock'>,
  deployments: Pick<DeploymentStore, 'askedSince'>,
  { app, environment, stack, requester }: ShareRequest,
): Promise<Refusal | null> {
  const now = parts.clock.now();
  const used = whyUsedUp(
    await deployments.askedSince(stack, now - SHARE_WINDOW_MS),
    requester,
    parts.workspace().limits.deploymentsPerHour,
  );
  return used === null ? null : tooMuch(wordsOf(used, `${app} ${environment}`), used.freeAt - now);
}

function wordsOf({ share, most }: UsedUp, where: string): string {
  switch (share) {
    case 'machines':
      return `${most} deployments of ${where} an hour are the most for one person’s tokens and hooks`;
    case 'person':
      return `${most} deployments of ${where} an hour are the most for one person with their tokens and hooks`;
    case 'everybody':
      return `${most} deployments of ${where} an hour are the most`;
  }
}
