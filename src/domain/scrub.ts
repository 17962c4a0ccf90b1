import { CREDENTIALS } from './credentials.ts';
import { HIDDEN } from './service-diff.ts';

/** Shorter ones are part of ordinary words and would make everything unreadable. */
const SHORTEST = 4;
/** The password of `scheme://user:password@host`. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:)[^\s/@]+(?=@)/gi;

/**
 * The text as people may see it: every occurrence of a secret (as it is, and as JSON and URLs write it), passwords in URLs,
 * and whatever looks like a credential give way to dots. Secrets of less than four characters are left.
 */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), urlForm(secret)]));
  const longestFirst = [...forms].filter((form) => form.length >= SHORTEST).sort((a, b) => b.length - a.length);
  const known = longestFirst.reduce((left, form) => left.replaceAll(form, HIDDEN), text);
  return known.replaceAll(URL_PASSWORD, `$1${HIDDEN}`).replaceAll(CREDENTIALS, HIDDEN);
}

/** Bytes that are no text can hold half a character, which no URL has. */
function urlForm(secret: string): string {
  return encodeURIComponent(secret.toWellFormed());
}
