/** Encrypts what must not lie readable in the database, and fingerprints it so that names do not leak low-entropy contents. */
export interface Sealer {
  seal(plain: Uint8Array, boundTo: string): Uint8Array;
  open(sealed: Uint8Array, boundTo: string): Uint8Array;
  /** Keyed; equal contents under the same key have equal fingerprints. Lower-case hexadecimal, 16 characters. */
  fingerprint(plain: Uint8Array): string;
}

/** Several keys: the first one seals, all of them open. */
export interface RotatingSealer extends Sealer {
  /** How bytes sealed under each key begin, by the key's id; the first key's first. It is nobody's secret and authenticated. */
  readonly beginnings: ReadonlyMap<string, Uint8Array>;
}
