import type { FactorRequest } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { SecretUse, SecretVersion } from '../../domain/secret.ts';

/** What commands and forms ask about secrets. Each authorizes by itself; no answer holds a value or its length. */
export type SecretUseCases = {
  /** Before the form opens: may this person write there, and will a second factor be asked for? */
  prepareSecret(request: SecretPlace): Promise<{ readonly asksFactor: boolean } | Refusal>;
  /** Once per delivery. A value that waits for a confirmation on another page is kept sealed until then. */
  setSecret(request: SetSecretRequest): Promise<WrittenSecret | FactorRequest | Refusal>;
  /** Who would miss it, for the question. */
  planSecretRemoval(request: SecretPlace & { readonly name: string }): Promise<PlannedRemoval | Refusal>;
  /** `id`: of the version that was asked about; refused when the secret was set anew since. */
  removeSecret(request: RemoveSecretRequest): Promise<WrittenSecret | FactorRequest | Refusal>;
  listSecrets(request: SecretPlace): Promise<readonly SecretVersion[] | Refusal>;
  /** Newest first; `name` null: of every secret there. */
  readSecretHistory(request: SecretPlace & { readonly name: string | null }): Promise<readonly SecretVersion[] | Refusal>;
  /** For completion. */
  suggestSecrets(person: Person, app: string, environment: string): Promise<readonly string[]>;
};

export type SecretPlace = { readonly person: Person; readonly app: string; readonly environment: string };

export type SetSecretRequest = SecretPlace & {
  readonly name: string;
  readonly value: string;
  /** From an authenticator app, when the form asked for one. */
  readonly code: string | null;
  readonly delivery: { readonly platform: string; readonly deliveryId: string };
  readonly source: string;
};

export type RemoveSecretRequest = {
  readonly person: Person;
  readonly id: string;
  readonly code: string | null;
  readonly source: string;
};

export type WrittenSecret = {
  readonly secret: SecretVersion;
  /** Releases of the environment that deliver this secret, as it was when they were made. */
  readonly uses: readonly SecretUse[];
  /** Does anything run there that could be deployed again? */
  readonly isDeployed: boolean;
};

export type PlannedRemoval = { readonly secret: SecretVersion; readonly uses: readonly SecretUse[]; readonly asksFactor: boolean };
