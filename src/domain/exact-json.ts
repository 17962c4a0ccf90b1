/**
 * JSON whose numbers keep their digits: a double would change what a database or a file says about `1.10` or twenty digits.
 * Its canonical text has no spaces, keys in the order of their code points, and numbers without exponent and trailing zeros.
 */
export type ExactJson = null | boolean | string | number | Decimal | readonly ExactJson[] | { readonly [key: string]: ExactJson };

/** A number by its canonical digits, for example `-12.5`. */
export class Decimal {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

/** Longer numbers than these a jsonb column does not hold either; a file that has one is not believed. */
const MOST_DIGITS = 131_072;

/**
 * The reviver's third argument is in the ECMAScript proposal “JSON.parse source text access” and in Node since 21;
 * https://github.com/tc39/proposal-json-parse-with-source. The library's types do not know it yet.
 */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => ExactJson;

/** Every number in it is a {@link Decimal}. Throws SyntaxError for what is no JSON, and for a number that is out of bounds. */
export function parseExactJson(text: string): ExactJson {
  return parseWithSource(text, (_key, value, { source }) => (typeof value === 'number' ? new Decimal(plainDigits(source ?? '')) : value));
}

/** Plain numbers in it are safe integers. */
export function canonicalText(value: ExactJson): string {
  if (value instanceof Decimal) return value.digits;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalText(member)}`);
  return `{${members.join(',')}}`;
}

/** `1.50e2` → `150`, `-0.0` → `0`, as PostgreSQL's `trim_scale(numeric)` prints it. */
export function plainDigits(source: string): string {
  const [, sign = '', whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const shift = Number(exponent);
  if (whole === undefined || Math.abs(shift) + whole.length + fraction.length > MOST_DIGITS)
    throw new SyntaxError('a number is out of bounds');
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point > 0 ? digits.padEnd(point, '0') : '0'.repeat(1 - point) + digits;
  const cut = Math.max(point, 1);
  const before = padded.slice(0, cut).replace(/^0+(?=\d)/, '');
  const after = padded.slice(cut).replace(/0+$/, '');
  const text = after === '' ? before : `${before}.${after}`;
  return text === '0' ? '0' : sign + text;
}

/** As UTF-8 bytes compare. Comparing UTF-16 units, as `<` does, puts U+1F600 before U+FFFD. */
function byCodePoint(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
