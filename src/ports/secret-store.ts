import type { SecretTarget, SecretVersion } from '../domain/secret.ts';

/** Secrets of apps, by environment and name. Values are sealed by the caller, bound to their row ({@link import('./sealed-bindings.ts').secretBinding}). */
export interface SecretStore {
  /** From here to the end of the transaction nobody else who asks for this writes secrets of this app in this environment. */
  lock(app: string, environment: string): Promise<void>;
  /** The newest version, removed or not; null when there never was one. */
  newest(target: SecretTarget): Promise<SecretVersion | null>;
  find(id: string): Promise<SecretVersion | null>;
  /**
   * In the transaction of `lock` and of the audit record. `sealed` is null for a removal. The values of earlier versions are forgotten: nobody can
   * read them any more, and releases that use them keep their own copy.
   */
  append(version: SecretVersion, sealed: Uint8Array | null): Promise<void>;
  /** The newest version of each secret that is set, in the order of the names. */
  list(app: string, environment: string): Promise<readonly SecretVersion[]>;
  /** The values that count now, sealed. */
  values(app: string, environment: string): Promise<readonly SealedSecret[]>;
  /** Newest first. `name` null: of every secret. */
  history(app: string, environment: string, name: string | null, limit: number): Promise<readonly SecretVersion[]>;
  /** Keeps a value that waits for its writer's confirmation. */
  park(parked: ParkedSecret): Promise<void>;
  /** Uses a waiting value up: of any number at once, one gets it. Null when there is none, or it is over. */
  takeParked(id: string, nowMs: number): Promise<ParkedSecret | null>;
  /** Forgets what waited for too long; returns how many. */
  pruneParked(nowMs: number): Promise<number>;
}

export type SealedSecret = SecretTarget & { readonly version: number; readonly sealed: Uint8Array };

/** A value between the form and the confirmation on another page. Sealed, bound to its id, its target and its writer. */
export type ParkedSecret = SecretTarget & {
  readonly id: string;
  readonly personId: string;
  readonly sealed: Uint8Array;
  readonly expiresAt: number;
};
