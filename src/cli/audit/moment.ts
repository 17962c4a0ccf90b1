import { parseDuration } from '../../domain/duration.ts';
import { StartRefused } from '../start-refused.ts';

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Epoch milliseconds of `7d` (so long ago) or of an ISO date or time, UTC unless it says otherwise; null for nothing. */
export function momentOf(option: string, text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const ago = parseDuration(text);
  if (ago !== null) return now - ago;
  const isZoned = !text.includes('T') || /(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = ISO.test(text) ? Date.parse(isZoned ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(at))
    throw new StartRefused(`${option} takes a time, not “${text}”`, ['For example 7d, 2026-11-01 or 2026-11-01T08:00Z.']);
  return at;
}
