import type { Deployment } from '../domain/deployment.ts';
import type { Revision } from '../domain/release.ts';
import type { Stores } from '../ports/database.ts';

/** Revisions that are looked at for a way back. */
const LOOKED_AT = 50;

/**
 * The release before this one. A release that was rolled back from is no way back, so after a rollback the search goes on before
 * the revision that it returned to. A release that failed and was left in place opened no revision: then the way back is the
 * current one.
 */
export async function lastGoodAmong(stores: Stores, from: Revision, earlier: readonly Revision[]): Promise<Revision | null> {
  const { deployments } = stores;
  const [newest] = await deployments.list({ stack: from.stack, limit: 1, states: ['succeeded', 'failed', 'errored', 'rolled_back'] });
  const isLeftBroken = newest !== undefined && newest.id !== from.deploymentId && (newest.state === 'failed' || newest.state === 'errored');
  if (isLeftBroken) return from;

  let candidates = earlier;
  for (let current: Revision | undefined = from; current !== undefined; ) {
    const made: Deployment | null = await deployments.find(current.deploymentId);
    if (made?.kind !== 'rollback') break;
    const { releaseId } = current;
    const returnedTo = candidates.findIndex((revision) => revision.releaseId === releaseId);
    if (returnedTo === -1) break;
    current = candidates[returnedTo];
    candidates = candidates.slice(returnedTo + 1);
  }
  return candidates.find((revision) => revision.releaseId !== from.releaseId) ?? null;
}

/** `isAgreed`: whoever is on call goes there without asking anyone. */
export type WayBack = { readonly isAgreed: boolean };

/**
 * Is this release where `/rollback` without a wish leads now? Null when it is not. It is agreed to when it is one step back, and people
 * approved it, or somebody has looked at how it came there.
 */
export async function wayBackTo(stores: Stores, stack: string, releaseId: string): Promise<WayBack | null> {
  const revisions = await stores.releases.revisions(stack, LOOKED_AT);
  const [from, ...earlier] = revisions;
  const lastGood = from === undefined ? null : await lastGoodAmong(stores, from, earlier);
  if (from === undefined || lastGood?.releaseId !== releaseId) return null;
  const made = await stores.deployments.find(from.deploymentId);
  // The step before was a way back already: how far to go is a question for others, or for broken glass.
  if (made?.kind === 'rollback' && lastGood.number !== from.number) return { isAgreed: false };
  for (const { deploymentId } of revisions.filter((revision) => revision.releaseId === releaseId)) {
    if (await wasAgreedTo(stores, deploymentId)) return { isAgreed: true };
  }
  return { isAgreed: false };
}

async function wasAgreedTo(stores: Stores, deploymentId: string): Promise<boolean> {
  const clearance = (await stores.deployments.find(deploymentId))?.clearance;
  if (clearance === 'approval') return true;
  return clearance === 'break_glass' && (await stores.brokenGlass.find(deploymentId))?.signedOff != null;
}
