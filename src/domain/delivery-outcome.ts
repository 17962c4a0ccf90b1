import { abandoned, type Content, type Delivery } from './delivery.ts';
import type { DeliveryResult, FindResult } from './delivery-result.ts';

/** The waits between attempts. Tests shorten them. */
export type DeliveryPace = {
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Before the first look after a post whose outcome is unknown: a request may still be under way in the platform. */
  readonly lookAfterMs: number;
  /** Fruitless looks before it is given up. */
  readonly looks: number;
};

export const DELIVERY_PACE: DeliveryPace = { firstRetryMs: 500, longestRetryMs: 60_000, lookAfterMs: 2_000, looks: 10 };

/** Times that a message is posted again after somebody deleted it: once may be an accident, twice is a wish. */
const REPOSTS = 1;

/** What an attempt was made with. `chance` (0 to 1) spreads retries. */
export type Attempt = { readonly content: Content; readonly now: number; readonly chance: number; readonly pace: DeliveryPace };

/** Doubles from the first wait to the longest; half of it is random, so that what failed together does not come back together. */
export function backoffMs(attempts: number, chance: number, { firstRetryMs, longestRetryMs }: DeliveryPace): number {
  const full = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(30, Math.max(0, attempts - 1)));
  return Math.round(full * (0.5 + chance / 2));
}

export function afterPost(delivery: Delivery, result: DeliveryResult, attempt: Attempt): Delivery {
  const settled = { ...delivery, posting: null, nextAt: 0 };
  switch (result.kind) {
    case 'delivered':
      return { ...settled, state: 'delivered', remoteId: result.remoteId, shown: attempt.content, attempts: 0, reason: null };
    // The channel or workspace waits, not this message alone.
    case 'rate_limited':
      return settled;
    // The root was deleted; this reply waits until it stands again.
    case 'gone':
      return retried(settled, 'its thread was deleted', attempt);
    case 'refused':
      return refused(settled, result, attempt);
    case 'not_editable':
      return abandoned(settled, 'the platform answered a post as if it were an edit');
    case 'unavailable':
      return retried(settled, result.reason, attempt);
    case 'unknown':
      return { ...delivery, nextAt: attempt.now + attempt.pace.lookAfterMs, reason: result.reason };
  }
}

export function afterEdit(delivery: Delivery, result: DeliveryResult, attempt: Attempt): Delivery {
  switch (result.kind) {
    case 'delivered':
      return { ...delivery, state: 'delivered', shown: attempt.content, attempts: 0, nextAt: 0, reason: null };
    case 'rate_limited':
      return delivery;
    case 'gone':
      return deleted(delivery);
    // The old one stays as it is; a fresh one takes its place.
    case 'not_editable':
      return { ...delivery, state: 'pending', remoteId: null, nextAt: 0 };
    case 'refused':
      return refused(delivery, result, attempt);
    case 'unavailable':
      return retried(delivery, result.reason, attempt);
    case 'unknown': {
      // It may still be applied: the next edit must not overtake it.
      const next = retried(delivery, result.reason, attempt);
      return { ...next, nextAt: Math.max(next.nextAt, attempt.now + attempt.pace.lookAfterMs) };
    }
  }
}

/** After a look for a post whose outcome was unknown. Only `absent` lets it be posted again. */
export function afterLook(delivery: Delivery, result: FindResult, attempt: Omit<Attempt, 'content'>): Delivery {
  const { posting } = delivery;
  if (posting === null) return delivery;
  const known = { ...delivery, posting: null, looks: 0, nextAt: 0 };
  switch (result.kind) {
    case 'found': {
      const shown = { fingerprint: posting.fingerprint, position: posting.position };
      return { ...known, state: 'delivered', remoteId: result.remoteId, shown, attempts: 0, reason: null };
    }
    case 'absent':
      return retried(known, 'it had not arrived', attempt);
    case 'unavailable': {
      const looks = delivery.looks + 1;
      if (looks >= attempt.pace.looks) return abandoned(delivery, `whether it arrived could not be found out: ${result.reason}`);
      const waitMs = Math.max(result.retryAfterMs ?? 0, backoffMs(looks + 1, attempt.chance, attempt.pace));
      return { ...delivery, looks, nextAt: attempt.now + waitMs };
    }
  }
}

/** Somebody deleted what stood there. */
export function deleted(delivery: Delivery): Delivery {
  if (delivery.reposts >= REPOSTS)
    return abandoned({ ...delivery, remoteId: null }, 'it was deleted, and deleted again after it was posted anew');
  return { ...delivery, state: 'pending', remoteId: null, reposts: delivery.reposts + 1, nextAt: 0 };
}

function refused(delivery: Delivery, result: Extract<DeliveryResult, { kind: 'refused' }>, { content }: Attempt): Delivery {
  return abandoned(delivery, result.reason, result.channelIsGone ? null : content.fingerprint);
}

function retried(delivery: Delivery, reason: string, { now, chance, pace }: Omit<Attempt, 'content'>): Delivery {
  const attempts = delivery.attempts + 1;
  return { ...delivery, state: 'pending', attempts, nextAt: now + backoffMs(attempts, chance, pace), reason };
}
