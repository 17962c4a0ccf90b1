/** Commands in which people type what nobody else may know, misspelt ones too: `/secret`, `/token`, `/link`, `/mfa`. */
const PRIVATE_COMMAND = /^\s*\/(?:shipmate\s+)?(?:s[aei]?c\w*t\w*|secre\w*|tok\w*|link\w*|mfa\w*|2fa\w*|otp\w*)\b/i;

/** How credentials begin, or are written down: keys, tokens of well-known services, a password in an address, `password=…`. */
const CREDENTIAL =
  /-----BEGIN|\b(?:gh[oprsu]_|github_pat_|glpat-|xox[a-z]-|xapp-|shm_|sk-|AKIA|ASIA|eyJ)[\w-]{6}|:\/\/[^\s/:@]*:[^\s/@]+@|\b(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key)\s*[=:]\s*\S/i;

/** A long word of letters of both cases and digits: nobody types that by hand. */
const LONG_WORD = /[\w+/=-]{20,}/g;

/** May the browser keep what is typed for later? What may be a secret is lost with the page rather than found in its storage. */
export function isKeepable(text: string): boolean {
  if (PRIVATE_COMMAND.test(text) || CREDENTIAL.test(text)) return false;
  return ![...text.matchAll(LONG_WORD)].some(([word]) => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word));
}
