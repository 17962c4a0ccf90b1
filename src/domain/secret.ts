import type { Person } from './deployment.ts';
import type { DeploymentState } from './deployment-state.ts';

/** As a Compose file names it under `secrets.<key>.environment`, which is a variable's name (Compose Specification, "Secrets"). */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

export function isSecretName(text: string): boolean {
  return NAME.test(text);
}

/** Swarm's own bound for one secret: less than 500 KiB (swarmkit, api/validation/secrets.go). */
export const LARGEST_SECRET_BYTES = 500 * 1024;

/**
 * One writing of a secret: of an app, in an environment, under a name. Versions start at 1, have no gaps and are never changed. What was set is
 * kept sealed and is not part of this; whoever lists versions learns neither the value nor its length.
 */
export type SecretVersion = {
  readonly id: string;
  readonly app: string;
  readonly environment: string;
  readonly name: string;
  readonly version: number;
  /** `removed` ends the secret; a later `set` begins it again with the next number. */
  readonly kind: 'set' | 'removed';
  readonly by: Person;
  /** Epoch milliseconds. */
  readonly at: number;
};

export type SecretTarget = Pick<SecretVersion, 'app' | 'environment' | 'name'>;

/** A release that delivers a secret: what runs (with its revision's number), or a deployment that is under way. */
export type SecretUse = { readonly version: string } & (
  | { readonly kind: 'revision'; readonly revision: number }
  | { readonly kind: 'deployment'; readonly deployment: string; readonly state: DeploymentState }
);
