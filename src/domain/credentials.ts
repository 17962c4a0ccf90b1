/** Beginnings that issuers give their credentials so that scanners find them; read from their public documentation. */
const FORMS: readonly string[] = [
  // Stripe: secret and restricted keys.
  '[sr]k_(?:live|test)_[A-Za-z0-9]{4,}',
  // AWS access key ids, long-lived and temporary.
  'A(?:KIA|SIA)[0-9A-Z]{12,}',
  // GitHub tokens, classic and fine-grained.
  'gh[opsur]_[A-Za-z0-9]{8,}',
  'github_pat_[A-Za-z0-9_]{8,}',
  // Our own API tokens.
  'shm_[A-Za-z0-9_-]{20,}',
  // Slack tokens.
  'xox[abprs]-[A-Za-z0-9-]{6,}',
  // JSON Web Tokens: header and claims are Base64 of `{"`.
  'eyJ[A-Za-z0-9_-]{4,}\\.eyJ[A-Za-z0-9_-]{4,}(?:\\.[A-Za-z0-9_-]*)?',
];
const PEM = '-----BEGIN [A-Z0-9 ]*KEY(?: BLOCK)?-----[\\s\\S]*?(?:-----END [A-Z0-9 ]*-----|$)';

/** Finds every credential that is known by its looks, wherever it stands in a text. A PEM key reaches to its end. */
export const CREDENTIALS = new RegExp(`(?<![A-Za-z0-9])(?:${FORMS.join('|')})|${PEM}`, 'g');

/** Does the text hold something that looks like a credential whatever it is called? */
export function looksLikeCredential(text: string): boolean {
  return text.search(CREDENTIALS) >= 0;
}
