import { performance } from 'node:perf_hooks';
import type { RequestedDeployment } from '../../src/application/use-cases.ts';
import type { Deployment } from '../../src/domain/deployment.ts';
import { isFinal } from '../../src/domain/deployment-state.ts';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { ENVIRONMENT, PERSON, type Stand } from './stand.ts';

export type Measured = {
  /** From the request's call until the deployment was seen as succeeded. */
  readonly tookMs: number;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly succeededAt: number;
  readonly deployment: Deployment;
};

let deliveries = 0;

export function deploy(stand: Stand, version: string): Promise<Measured> {
  return follow(stand, (origin) =>
    stand.useCases.requestDeployment({ person: PERSON, app: stand.app, environment: ENVIRONMENT, version, reason: null, origin }),
  );
}

/** The Roll back button of a deployment's card. */
export function clickRollBack(stand: Stand, deploymentId: string): Promise<Measured> {
  return follow(stand, (origin) => stand.useCases.requestRollbackOf({ deploymentId, person: PERSON, origin }));
}

/** Not measured; afterwards the environment runs nothing, so the next deployment is a first one. */
export async function removeOurs({ parts, stack }: Stand): Promise<void> {
  await parts.orchestrator.removeStack(stack, { volumes: true });
  await parts.database.transact((stores) => stores.releases.closeRevision(stack, parts.clock.now()));
}

type Origin = { readonly platform: string; readonly channel: string; readonly deliveryId: string };

async function follow(stand: Stand, request: (origin: Origin) => Promise<RequestedDeployment | Refusal>): Promise<Measured> {
  const { database } = stand.parts;
  let look = Promise.withResolvers<void>();
  // Before the request, so that no notification is missed.
  const listening = await database.listen('deployment', () => look.resolve());
  try {
    deliveries += 1;
    const startedAt = performance.now();
    const requestedAt = Date.now();
    const requested = await request({ platform: 'web', channel: 'deploys', deliveryId: `bench-${deliveries}` });
    if (isRefusal(requested)) throw new Error([requested.message, ...requested.details].join('\n'));
    for (;;) {
      const deployment = await database.stores.deployments.find(requested.deployment.id);
      if (deployment !== null && isFinal(deployment.state)) {
        const tookMs = performance.now() - startedAt;
        if (deployment.state === 'succeeded') return { tookMs, requestedAt, succeededAt: requestedAt + tookMs, deployment };
        throw new Error(`${deployment.kind} ${deployment.version} ended as ${deployment.state}: ${deployment.failure?.message ?? ''}`);
      }
      await look.promise;
      look = Promise.withResolvers<void>();
    }
  } finally {
    await listening.stop();
  }
}
