/**
 * Keys whose values are secret or may be, wherever they stand, compared without case, dashes and underscores. `key`
 * alone is not among them (a message's `key` is a name), nor are `fingerprint` and hashes.
 */
const SECRET_KEY =
  /(password|passwd|passphrase|secret|token|authorization|cookie|credential|apikey|accesskey|privatekey|signingkey|encryptionkey|sessionid|databaseurl|redisurl|connectionstring|webhookurl|responseurl|^auth$|^keys$|^shipmatekeys$|^otp$|^totp$|^mfa(code)?$)/;

const REDACTED = '[redacted]';
const MAX_DEPTH = 8;
const MAX_MEMBERS = 200;
const MAX_TEXT = 16_384;

/** The password of `scheme://user:password@host`, in any text. A password that itself has an @ is cut up to the last one before the path. */
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/]*@/gi;
/** `Bearer …`, and the tokens of the chat platforms, of code hosts and of our own, which say by their prefix what they are. */
const BEARER = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi;
const KNOWN_TOKEN = /\b(?:(?:xox[a-z]-|xapp-|gh[pousr]_|github_pat_|glpat-|shm_)[A-Za-z0-9_-]{8,}|whsec_[A-Za-z0-9+/=]{8,})/g;

/** A copy that may be written down: values under secret keys replaced at any depth, errors as plain objects, passwords in addresses masked, sizes bounded. */
export function redacted(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return '[circular]';
  if (depth > MAX_DEPTH) return '[deep]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof URL) return maskText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const inside = new Set(above).add(value);
  if (value instanceof Error) return copyError(value, depth, inside);
  if (value instanceof Map)
    return copyMembers(
      [...value].map(([key, member]) => [String(key), member]),
      depth,
      inside,
    );
  if (value instanceof Set) return [...value].slice(0, MAX_MEMBERS).map((item) => copy(item, depth + 1, inside));
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map((item) => copy(item, depth + 1, inside));
  return copyMembers(Object.entries(value), depth, inside);
}

function copyMembers(members: readonly (readonly [string, unknown])[], depth: number, above: ReadonlySet<object>): object {
  const shown = members.slice(0, MAX_MEMBERS).map(([key, member]) => {
    const isSecret = SECRET_KEY.test(key.toLowerCase().replaceAll(/[-_\s]/g, '')) && isWorthHiding(member);
    return [key, isSecret ? REDACTED : copy(member, depth + 1, above)] as const;
  });
  return Object.fromEntries(shown);
}

/** Whether a secret is set may be said, and numbers are counts (`maxTokens`). */
function isWorthHiding(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean' && typeof value !== 'number';
}

function copyError(error: Error, depth: number, above: ReadonlySet<object>): object {
  const { code, cause } = error as Error & { code?: unknown };
  const errors = error instanceof AggregateError ? error.errors : undefined;
  return {
    type: error.name,
    message: maskText(error.message),
    ...(code !== undefined && { code: copy(code, depth + 1, above) }),
    ...(error.stack !== undefined && { stack: maskText(error.stack) }),
    ...(cause !== undefined && { cause: copy(cause, depth + 1, above) }),
    ...(errors !== undefined && { errors: copy(errors, depth + 1, above) }),
  };
}

function maskText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
  return bounded.replace(URL_PASSWORD, '$1:***@').replace(BEARER, '$1 ***').replace(KNOWN_TOKEN, '***');
}
