const SIZE = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])?(i?b)?)?$/i;
const EXPONENTS = 'kmgtp';

/** Bytes of a Compose size: `512m`, `1.5G`, `64kb`, `1024`. Units are powers of 1024, as Docker reads them. Null when it is none. */
export function parseByteSize(text: string): number | null {
  const [, amount, unit, suffix] = SIZE.exec(text.trim()) ?? [];
  if (amount === undefined) return null;
  if (unit === undefined && suffix !== undefined && suffix.toLowerCase() === 'ib') return null;
  const exponent = unit === undefined ? 0 : EXPONENTS.indexOf(unit.toLowerCase()) + 1;
  const bytes = Math.trunc(Number(amount) * 1024 ** exponent);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
