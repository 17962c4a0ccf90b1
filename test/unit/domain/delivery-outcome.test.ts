import { describe, expect, it } from 'vitest';
import { type Delivery, newDelivery, posting } from '../../../src/domain/delivery.ts';
import { type Attempt, afterEdit, afterLook, afterPost, backoffMs, DELIVERY_PACE, deleted } from '../../../src/domain/delivery-outcome.ts';
import type { DeliveryResult, FindResult } from '../../../src/domain/delivery-result.ts';

const NOW = 10_000;
const content = { fingerprint: 'b', position: 7 };
const attempt: Attempt = { content, now: NOW, chance: 1, pace: DELIVERY_PACE };
const posted = posting({ ...newDelivery('m'), attempts: 2 }, content, null, NOW - 100, 2_000);
const edited: Delivery = { ...newDelivery('m'), remoteId: 'R', shown: { fingerprint: 'a', position: 3 }, attempts: 2 };
const refusal: DeliveryResult = { kind: 'refused', reason: 'no', channelIsGone: false };
const gone: DeliveryResult = { kind: 'refused', reason: 'archived', channelIsGone: true };

describe('after a post', () => {
  it.each<[DeliveryResult, Partial<Delivery>]>([
    [
      { kind: 'delivered', remoteId: 'R' },
      { state: 'delivered', remoteId: 'R', shown: content, posting: null, attempts: 0, nextAt: 0 },
    ],
    [
      { kind: 'delivered', remoteId: null },
      { state: 'delivered', remoteId: null, shown: content, posting: null },
    ],
    [
      { kind: 'rate_limited', retryAfterMs: 5, scope: 'channel' },
      { state: 'pending', posting: null, attempts: 2, nextAt: 0 },
    ],
    [{ kind: 'gone' }, { state: 'pending', posting: null, attempts: 3, nextAt: NOW + 2_000 }],
    [refusal, { state: 'undeliverable', posting: null, reason: 'no', refused: 'b' }],
    [gone, { state: 'undeliverable', posting: null, reason: 'archived', refused: null }],
    [{ kind: 'not_editable' }, { state: 'undeliverable' }],
    [
      { kind: 'unavailable', reason: 'x' },
      { state: 'pending', posting: null, attempts: 3, nextAt: NOW + 2_000 },
    ],
    [
      { kind: 'unknown', reason: 'x' },
      { state: 'pending', posting: posted.posting, attempts: 2, nextAt: NOW + DELIVERY_PACE.lookAfterMs },
    ],
  ])('%j', (result, expected) => {
    expect(afterPost(posted, result, attempt)).toMatchObject(expected);
  });
});

describe('after an edit', () => {
  it.each<[DeliveryResult, Partial<Delivery>]>([
    [
      { kind: 'delivered', remoteId: 'R' },
      { state: 'delivered', remoteId: 'R', shown: content, attempts: 0 },
    ],
    [
      { kind: 'rate_limited', retryAfterMs: 5, scope: 'workspace' },
      { state: 'pending', remoteId: 'R', attempts: 2, nextAt: 0 },
    ],
    [{ kind: 'gone' }, { state: 'pending', remoteId: null, reposts: 1 }],
    [{ kind: 'not_editable' }, { state: 'pending', remoteId: null, reposts: 0 }],
    [refusal, { state: 'undeliverable', remoteId: 'R', refused: 'b' }],
    [
      { kind: 'unavailable', reason: 'x' },
      { state: 'pending', remoteId: 'R', attempts: 3, nextAt: NOW + 2_000 },
    ],
    [
      { kind: 'unknown', reason: 'x' },
      { state: 'pending', remoteId: 'R', attempts: 3, posting: null, nextAt: NOW + 2_000 },
    ],
  ])('%j', (result, expected) => {
    expect(afterEdit(edited, result, attempt)).toMatchObject(expected);
  });

  it('whose outcome is unknown the next one waits, so that it is not overtaken', () => {
    const next = afterEdit({ ...edited, attempts: 0 }, { kind: 'unknown', reason: 'x' }, { ...attempt, chance: 0 });
    expect(next.nextAt).toBe(NOW + DELIVERY_PACE.lookAfterMs);
  });
});

describe('after a look', () => {
  it.each<[FindResult, Partial<Delivery>]>([
    [
      { kind: 'found', remoteId: 'R' },
      { state: 'delivered', remoteId: 'R', shown: content, posting: null },
    ],
    [{ kind: 'absent' }, { state: 'pending', remoteId: null, posting: null, attempts: 3 }],
    [
      { kind: 'unavailable', reason: 'x', retryAfterMs: null },
      { state: 'pending', posting: posted.posting, looks: 1, nextAt: NOW + 1_000 },
    ],
    [
      { kind: 'unavailable', reason: 'x', retryAfterMs: 30_000 },
      { looks: 1, nextAt: NOW + 30_000 },
    ],
  ])('%j', (result, expected) => {
    expect(afterLook(posted, result, attempt)).toMatchObject(expected);
  });

  it('is given up, and never posted, after so many fruitless ones', () => {
    let delivery = posted;
    for (let look = 0; look < DELIVERY_PACE.looks; look += 1) {
      expect(delivery.posting).not.toBeNull();
      delivery = afterLook(delivery, { kind: 'unavailable', reason: 'x', retryAfterMs: null }, attempt);
    }
    expect(delivery).toMatchObject({ state: 'undeliverable', posting: null, reason: expect.stringContaining('could not be found out') });
  });
});

describe('what somebody deleted', () => {
  it('is posted once more, and then left', () => {
    const once = deleted(edited);
    expect(once).toMatchObject({ state: 'pending', remoteId: null, reposts: 1 });
    expect(deleted({ ...once, remoteId: 'R2' })).toMatchObject({
      state: 'undeliverable',
      remoteId: null,
      reason: expect.stringContaining('deleted'),
    });
  });
});

describe('the wait between attempts', () => {
  it('doubles up to the longest, between half of it and all of it', () => {
    expect([1, 2, 3, 4].map((attempts) => backoffMs(attempts, 1, DELIVERY_PACE))).toEqual([500, 1_000, 2_000, 4_000]);
    expect([1, 2, 3, 4].map((attempts) => backoffMs(attempts, 0, DELIVERY_PACE))).toEqual([250, 500, 1_000, 2_000]);
    expect(backoffMs(1_000, 1, DELIVERY_PACE)).toBe(DELIVERY_PACE.longestRetryMs);
  });
});
