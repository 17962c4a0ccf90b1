import type { WriteOwner } from '../../src/domain/observed.ts';
import type { Labels } from './engine-types.ts';

/** What `docker stack` knows its objects by (docker/cli, cli/compose/convert). */
export const STACK_LABEL = 'com.docker.stack.namespace';
export const IMAGE_LABEL = 'com.docker.stack.image';

/** Everything under this prefix on a service is Shipmate's. They live in service labels only: changing those restarts no task. */
const OWN_PREFIX = 'shipmate.';
export const APP_LABEL = 'shipmate.app';
export const ENVIRONMENT_LABEL = 'shipmate.environment';
export const DEPLOYMENT_LABEL = 'shipmate.deployment';
export const FENCE_LABEL = 'shipmate.fence';
/** Compose keys that cannot be told from engine names (custom `name:`, external objects), as JSON. */
export const KEYS_LABEL = 'shipmate.keys';
/** A hook or probe that runs once, not a service of the app. */
export const ONE_OFF_LABEL = 'shipmate.one-off';

export function stackFilter(stack: string): { readonly label: readonly string[] } {
  return { label: [`${STACK_LABEL}=${stack}`] };
}

export function ownerLabels(owner: WriteOwner): Labels {
  return { [DEPLOYMENT_LABEL]: owner.deploymentId, [FENCE_LABEL]: String(owner.fence) };
}

export function ownerOf(labels: Labels | null | undefined): WriteOwner | null {
  const deploymentId = labels?.[DEPLOYMENT_LABEL];
  const fence = Number(labels?.[FENCE_LABEL] ?? Number.NaN);
  return deploymentId === undefined || !Number.isSafeInteger(fence) ? null : { deploymentId, fence };
}

/** Labels that the app itself asked for. */
export function appLabels(labels: Labels | null | undefined): Labels {
  return Object.fromEntries(
    Object.entries(labels ?? {}).filter(([key]) => key !== STACK_LABEL && key !== IMAGE_LABEL && !key.startsWith(OWN_PREFIX)),
  );
}

/** Labels without who wrote last: equal before and after a claim. */
export function withoutOwner(labels: Labels | null | undefined): Labels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => key !== DEPLOYMENT_LABEL && key !== FENCE_LABEL));
}
