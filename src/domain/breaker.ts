/**
 * When a part that fails again and again is left alone, and when it is tried again. Closed: everything goes through. Open:
 * nothing does until `tryAt`; then one try, which closes it or opens it for longer.
 */
export type BreakerState = { readonly failures: number; readonly open: OpenBreaker | null };

export type OpenBreaker = {
  /** What is left alone: `engine`, `registry ghcr.io`. */
  readonly part: string;
  /** What it said last. */
  readonly because: string;
  /** Since when it has not answered, whatever was tried meanwhile (epoch milliseconds). */
  readonly since: number;
  /** How often it was left alone since then. */
  readonly attempt: number;
  readonly tryAt: number;
};

export type BreakerRule = {
  /** That many failures in a row open it. */
  readonly failures: number;
  /** How long it is left alone the first time, the second time …; the last one from then on. */
  readonly restsMs: readonly [number, ...number[]];
};

export const CLOSED: BreakerState = { failures: 0, open: null };

/** `try`: one call may find out whether it answers again. */
export function admission({ open }: BreakerState, now: number): 'yes' | 'try' | 'no' {
  if (open === null) return 'yes';
  return now < open.tryAt ? 'no' : 'try';
}

/** A call that began before it opened says nothing new: only a try moves an open breaker. */
export function afterFailure(
  state: BreakerState,
  rule: BreakerRule,
  failure: { readonly part: string; readonly because: string; readonly now: number; readonly isTry: boolean },
): BreakerState {
  const { part, because, now, isTry } = failure;
  if (state.open !== null) {
    if (!isTry) return state;
    const attempt = state.open.attempt + 1;
    return { ...state, open: { ...state.open, because, attempt, tryAt: now + restMs(rule, attempt) } };
  }
  const failures = state.failures + 1;
  if (failures < rule.failures) return { failures, open: null };
  return { failures, open: { part, because, since: now, attempt: 1, tryAt: now + restMs(rule, 1) } };
}

export function afterSuccess(state: BreakerState, isTry: boolean): BreakerState {
  if (state.open !== null && !isTry) return state;
  return state.open === null && state.failures === 0 ? state : CLOSED;
}

/** `attempt` counts from 1. */
export function restMs({ restsMs }: BreakerRule, attempt: number): number {
  return restsMs[Math.min(Math.max(1, attempt), restsMs.length) - 1] ?? restsMs[0];
}

/** `has not answered for 3 min; it is tried again in 8 s`. */
export function describeOutage({ since, tryAt }: OpenBreaker, now: number): string {
  const next = tryAt <= now ? 'now' : `in ${spoken(tryAt - now)}`;
  return `has not answered for ${spoken(now - since)}; it is tried again ${next}`;
}

function spoken(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
