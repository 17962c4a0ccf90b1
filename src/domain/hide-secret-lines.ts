import { HIDDEN, holdsSecret, isSecretKey } from './service-diff.ts';

/** A key with its sign, as YAML and env files write it; also inside a flow mapping or a list item. */
const KEY = /(["']?)([A-Za-z_][\w.-]*)\1\s*[:=]/g;
/** A command-line option whose value is the next list item: `- --requirepass`. */
const OPTION_ITEM = /^\s*-\s+["']?-{1,2}([\w-]+)["']?\s*,?\s*$/;
/** Compose keys under which only names stand; what they name is elsewhere. */
const NAMES_ONLY: readonly string[] = ['secrets', 'configs'];

/**
 * The lines of a YAML or env file with the values of secret-looking keys hidden, by the rule that plans use. Exactly as many
 * lines as the text has. What belongs to a secret (a block, a quoted value over several lines) is hidden with it: rather too
 * much than a password.
 */
export function hideSecretLines(text: string): readonly string[] {
  let below: number | null = null;
  let quote: string | null = null;
  let isNextHidden = false;
  return text.split('\n').map((line) => {
    if (quote !== null) {
      if (line.includes(quote)) quote = null;
      return HIDDEN;
    }
    const indent = line.length - line.trimStart().length;
    if (below !== null && (line.trim() === '' || indent > below)) return line.trim() === '' ? line : `${line.slice(0, indent)}${HIDDEN}`;
    below = null;
    if (isNextHidden) {
      isNextHidden = false;
      return `${line.slice(0, indent)}- ${HIDDEN}`;
    }
    isNextHidden = isSecretKey(OPTION_ITEM.exec(line)?.[1] ?? '');
    const secret = firstSecret(line);
    if (secret === null) return line;
    const value = line.slice(secret).trim();
    below = indent;
    quote = /-----BEGIN (?!.*-----END )/.test(value) ? '-----END ' : openQuote(value);
    const before = line.slice(0, secret);
    return value === '' ? line : `${before}${before.trim() === '' ? '' : ' '}${HIDDEN}`;
  });
}

/** Where the line's first secret value begins; null without one. */
function firstSecret(line: string): number | null {
  const keys = [...line.matchAll(KEY)];
  const named = keys.find(([, , key = '']) => !NAMES_ONLY.includes(key) && isSecretKey(key));
  if (named !== undefined) return named.index + named[0].length;
  if (!holdsSecret(line) || NAMES_ONLY.includes(keys[0]?.[2] ?? '')) return null;
  const [first] = keys;
  // `postgres://…` looks like a key of its own; a line without a real one is hidden as a whole.
  const isKey = first !== undefined && !line.slice(first.index + first[0].length).startsWith('//');
  return isKey ? first.index + first[0].length : line.length - line.trimStart().length;
}

/** The quotation mark that a value opens and does not close on its line. */
function openQuote(value: string): string | null {
  const mark = value[0];
  return (mark === '"' || mark === "'") && !value.slice(1).includes(mark) ? mark : null;
}
