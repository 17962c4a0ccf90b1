/** Every place of the database that holds sealed bytes, so that they can be sealed anew under another key. */
export interface SealedPlaces {
  readonly names: readonly string[];
  /** Values that do not begin like this, which another key sealed: at most `limit`, in a fixed order, from after `after` on. */
  underOtherKeys(place: string, beginning: Uint8Array, after: readonly string[] | null, limit: number): Promise<readonly SealedValue[]>;
  /** Puts the same value, sealed anew, in its place. False when something else stands there by now. */
  replace(place: string, value: SealedValue, sealed: Uint8Array): Promise<boolean>;
  /** How many values there are in all, and how many begin like this. */
  count(place: string, beginning: Uint8Array | null): Promise<number>;
}

/** `key` says in which row it stands, `boundTo` for what it was sealed. */
export type SealedValue = { readonly key: readonly string[]; readonly boundTo: string; readonly sealed: Uint8Array };
