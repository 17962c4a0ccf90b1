import type { ApprovalRequest } from '../../domain/approval.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import type { Release } from '../../domain/release.ts';
import type { StackSpec } from '../../domain/stack-spec.ts';
import type { Stores } from '../../ports/database.ts';
import { policyVersionOf } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { prepareRelease } from '../prepare-release.ts';

/**
 * What is not as it was when the approval was asked for, of what Shipmate itself keeps: the policy, and what the environment runs.
 * Null when both are the same.
 */
export async function changedHere(parts: Parts, stores: Stores, request: ApprovalRequest): Promise<string | null> {
  const { environment, stack, baseRevision } = request;
  if (policyVersionOf(parts.workspace(), environment) !== request.policyVersion) {
    return `the policy of ${environment}, or of the engine, changed in shipmate.yml`;
  }
  const current = await stores.releases.currentRevision(stack);
  if ((current?.number ?? null) === baseRevision) return null;
  const now = current === null ? 'nothing' : `${current.version} (revision ${current.number})`;
  return `${environment} runs ${now} by now, so it would be another change than the one that was shown`;
}

/**
 * The same with the definition and the images: what would be deployed if it were asked for now. A definition or an image that cannot
 * be had counts as changed, for it cannot be shown to be the same; while a registry does not answer nothing can be said, which is a
 * refusal. Asks files and the registry, so never inside a transaction.
 */
export async function changedAnywhere(parts: Parts, request: ApprovalRequest, release: Release): Promise<string | Refusal | null> {
  const here = await changedHere(parts, parts.database.stores, request);
  if (here !== null) return here;
  const { app, environment, version } = release;
  const pins = new Map(request.isPromotion ? pinsOf(release.spec) : []);
  const prepared = await prepareRelease(parts, { app, environment, version, pins });
  if (isRefusal(prepared) && prepared.refused === 'registry_unavailable') return prepared;
  if (isRefusal(prepared)) return `what was asked for cannot be prepared any more: ${prepared.message}`;
  return prepared.release.specHash === release.specHash ? null : difference(release.spec, prepared.release.spec);
}

/** Each reference with the image that it was pinned to. */
export function pinsOf({ services }: StackSpec): readonly (readonly [reference: string, pinned: string])[] {
  return Object.values(services).flatMap(({ image, pinnedImage }) => (pinnedImage === undefined ? [] : [[image, pinnedImage] as const]));
}

function difference(before: StackSpec, after: StackSpec): string {
  const now = new Map(pinsOf(after));
  const moved = pinsOf(before).find(([reference, pinned]) => now.has(reference) && now.get(reference) !== pinned);
  if (moved === undefined) return 'the definition of the app, its variables or its secrets changed';
  const [reference, pinned] = moved;
  return `${reference} names another image now: ${digestOf(now.get(reference) ?? '')} instead of ${digestOf(pinned)}`;
}

/** Enough of it to compare with what a registry shows. */
function digestOf(pinned: string): string {
  return pinned.slice(pinned.indexOf('sha256:')).slice(0, 19);
}
