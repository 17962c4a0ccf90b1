import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import { EngineRejectedError, EngineUnavailableError, FenceLostError } from '../../src/ports/faults.ts';
import type { WriteGuard } from '../../src/ports/orchestrator.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineResponseError, OutdatedWriteError } from './engine-errors.ts';
import type { EngineService, EngineSpec } from './engine-types.ts';
import { ownerOf } from './labels.ts';

/** What to do about a service as it is observed right now. Asked again when the observation turns out stale. */
export type ServiceDecision =
  | { readonly kind: 'leave' }
  | { readonly kind: 'create'; readonly spec: EngineSpec }
  | { readonly kind: 'update'; readonly service: EngineService; readonly spec: EngineSpec }
  | { readonly kind: 'remove'; readonly service: EngineService };

const MAX_ATTEMPTS = 8;

/**
 * One write to one service: observe, compare fences, check the lease, then create, update by the engine's version
 * compare-and-swap, or remove. A stale version or a lost race for the name begins anew, a bounded number of times.
 */
export async function writeService(
  api: EngineApi,
  name: string,
  guard: WriteGuard,
  decide: (observed: EngineService | null) => ServiceDecision,
): Promise<ServiceDecision['kind']> {
  const policy = retry(handleType(OutdatedWriteError), {
    maxAttempts: MAX_ATTEMPTS,
    backoff: new ExponentialBackoff({ initialDelay: 15, maxDelay: 400 }),
  });
  try {
    return await policy.execute(async () => {
      const observed = await findService(api, name);
      refuseNewerOwner(name, observed, guard);
      const decision = decide(observed);
      if (decision.kind === 'leave') return decision.kind;
      await guard.check();
      await send(api, name, decision);
      return decision.kind;
    });
  } catch (error) {
    if (error instanceof OutdatedWriteError) {
      throw new EngineUnavailableError(`${name} kept changing on the engine while it was being written.`, { cause: error });
    }
    throw error;
  }
}

/** By its exact name; the engine also takes ids and their prefixes in this place. */
export async function findService(api: EngineApi, name: string): Promise<EngineService | null> {
  try {
    const service = await api.get<EngineService>(`/services/${encodeURIComponent(name)}`);
    return service.Spec.Name === name ? service : null;
  } catch (error) {
    if (error instanceof EngineResponseError && error.status === 404) return null;
    throw error;
  }
}

function refuseNewerOwner(name: string, observed: EngineService | null, guard: WriteGuard): void {
  const owner = ownerOf(observed?.Spec.Labels);
  if (owner !== null && owner.fence > guard.owner.fence) {
    throw new FenceLostError(
      `${name} belongs to deployment ${owner.deploymentId} (fence ${owner.fence}); this worker has fence ${guard.owner.fence}.`,
    );
  }
}

async function send(api: EngineApi, name: string, decision: Exclude<ServiceDecision, { kind: 'leave' }>): Promise<void> {
  try {
    switch (decision.kind) {
      case 'create':
        await api.post('/services/create', { body: decision.spec });
        return;
      case 'update':
        await api.post(`/services/${decision.service.ID}/update`, {
          query: { version: decision.service.Version.Index },
          body: decision.spec,
        });
        return;
      case 'remove':
        await api.delete(`/services/${decision.service.ID}`);
        return;
    }
  } catch (error) {
    throw isLostRace(decision.kind, error) ? new OutdatedWriteError(name, error) : explain(name, error);
  }
}

function isLostRace(kind: ServiceDecision['kind'], error: unknown): boolean {
  if (!(error instanceof EngineResponseError)) return false;
  if (kind === 'create') return error.status === 409;
  return error.isOutdated || error.status === 404;
}

function explain(name: string, error: unknown): unknown {
  if (error instanceof EngineResponseError && error.reason.includes('mode change is not allowed')) {
    return new EngineRejectedError(
      `${name} cannot change its mode (replicated, global, job) while it exists. Remove the service first, or give it another name.`,
      { cause: error },
    );
  }
  return error;
}
