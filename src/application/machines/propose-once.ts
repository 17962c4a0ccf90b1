import type { Deployment } from '../../domain/deployment.ts';
import { isRefusal, type Refusal, type RefusalCode } from '../../domain/refusal.ts';
import type { Parts } from '../parts.ts';
import type { DeploymentRequest, UseCases } from '../use-cases.ts';

/** A process that took a delivery and has led it to nothing for this long is taken for dead. */
const TAKEN_MS = 60_000;

/** Said of the moment and not of what was asked for. */
const FOR_NOW: readonly RefusalCode[] = ['rate_limited', 'unavailable', 'registry_unavailable'];

export type ProposedOnce =
  | { readonly kind: 'proposed'; readonly deployment: Deployment }
  | { readonly kind: 'repeated'; readonly deployment: Deployment | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * One proposal of a machine, once per delivery: of any number at the same time one goes on, the others find out what became of it. Whoever
 * took it and broke lets it come again. `keepRefusal`: a refusal is the last word on this delivery, too.
 */
export async function proposeOnce(
  parts: Parts,
  useCases: Pick<UseCases, 'requestDeployment'>,
  request: DeploymentRequest,
  { keepRefusal }: { readonly keepRefusal: boolean },
): Promise<ProposedOnce> {
  const { inbox, deployments } = parts.database.stores;
  const { platform, deliveryId } = request.origin;
  const taken = `taken:${platform}`;
  if (!(await take(parts, taken, deliveryId))) {
    return { kind: 'repeated', deployment: await deployments.findByDelivery(platform, deliveryId) };
  }
  try {
    const requested = await useCases.requestDeployment(request);
    if (isRefusal(requested)) {
      if (!keepRefusal || FOR_NOW.includes(requested.refused)) await inbox.forget(taken, deliveryId);
      return { kind: 'refused', refusal: requested };
    }
    return { kind: requested.repeated ? 'repeated' : 'proposed', deployment: requested.deployment };
  } catch (error) {
    await inbox.forget(taken, deliveryId);
    throw error;
  }
}

async function take({ database, clock }: Parts, taken: string, deliveryId: string): Promise<boolean> {
  const now = clock.now();
  if (await database.stores.inbox.accept(taken, deliveryId, now)) return true;
  return database.transact(async ({ inbox, deployments }) => {
    const at = await inbox.acceptedAt(taken, deliveryId);
    if (at === null || now - at <= TAKEN_MS) return false;
    if ((await deployments.findByDelivery(taken.slice('taken:'.length), deliveryId)) !== null) return false;
    await inbox.forget(taken, deliveryId);
    return inbox.accept(taken, deliveryId, now);
  });
}
