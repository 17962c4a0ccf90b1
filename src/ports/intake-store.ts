/**
 * Deliveries of chat platforms as they came in, kept until they are answered and remembered for as long as the platform
 * may send them again. All claims expire by the database's clock.
 */
export interface IntakeStore {
  /**
   * Keeps deliveries, each once, all or none of them. Says whose each is, in their order: the same call again (its outcome
   * was unknown) finds its own `token`, a repetition by the platform finds another's.
   */
  keep(deliveries: readonly { readonly delivery: NewDelivery; readonly claim: Claim | null }[]): Promise<readonly Kept[]>;
  /** A delivery whose sender was told that nothing will happen: never worked on, also when the `keep` under way comes through afterwards. */
  withdraw(platform: string, deliveryId: string, token: string, atMs: number): Promise<void>;
  /** Takes over what nobody answers: never claimed, or its claim ran out. Oldest first; each goes to one taker. */
  takeOver(claim: Claim, limit: number): Promise<readonly KeptDelivery[]>;
  /** Makes the claim on these last longer, where it is still this claimant's. */
  renew(claim: Claim, deliveries: readonly DeliveryName[]): Promise<void>;
  /** Leaves it to whoever takes over after `afterMs`. */
  release(platform: string, deliveryId: string, claimant: string, afterMs: number): Promise<void>;
  /** Nothing is left to do; what was asked is forgotten, how to answer stays for late answers. */
  finish(platform: string, deliveryId: string, atMs: number): Promise<void>;
  /** Forgets how to answer what was answered before `answeredBeforeMs`, and everything that came before `receivedBeforeMs`. */
  prune(answeredBeforeMs: number, receivedBeforeMs: number): Promise<number>;
}

export type Kept = 'kept' | 'repeated';

/** The platform's own id of a delivery, on its platform. */
export type DeliveryName = { readonly platform: string; readonly deliveryId: string };

export type Claim = { readonly claimant: string; readonly forMs: number };

export type NewDelivery = {
  readonly platform: string;
  readonly deliveryId: string;
  readonly channel: string;
  readonly accountId: string;
  /** What was asked and by whom, sealed. */
  readonly payload: Uint8Array;
  /** How to answer it, sealed. */
  readonly handle: Uint8Array | null;
  readonly receivedAt: number;
  /** Tells the calls of `keep` apart. */
  readonly token: string;
};

export type KeptDelivery = Omit<NewDelivery, 'token'> & {
  /** Takings so far, this one included. */
  readonly tries: number;
};
