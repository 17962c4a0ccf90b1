/** Codes of authenticator apps: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 s, which every app can do. */
export interface OneTimeCodes {
  /** 160 random bits, Base32. */
  newSecret(): string;
  /** `otpauth://…`, what a QR code shows (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). */
  uri(label: { readonly issuer: string; readonly account: string; readonly secret: string }): string;
  /** The time step of a code that is good at `now`, in constant time; null for a wrong one. Whether the step was used before is not its business. */
  stepOf(code: string, secret: string, now: number): number | null;
}
