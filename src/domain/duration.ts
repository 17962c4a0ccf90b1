const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const DURATION = /^(?:\d{1,6}[smhdw])+$/;
const PART = /(\d+)([smhdw])/g;

/** What people write for a length of time, as an example for them. */
export const DURATION_EXAMPLES = '30m, 2h, 1h30m, 3d or 2w';

/** Milliseconds of `90s`, `30m`, `1h30m`, `3d`, `2w`; null when it is none of these or nothing. A day is 24 hours. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (!DURATION.test(trimmed)) return null;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(PART)) total += Number(amount) * (UNITS_MS[unit ?? ''] ?? 0);
  return total > 0 && Number.isSafeInteger(total) ? total : null;
}
