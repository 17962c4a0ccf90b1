import { describe, expect, it } from 'vitest';
import { applyResult } from '../../../src/chat-core/delivery/apply-result.ts';
import { type Delivery, newDelivery, posting } from '../../../src/domain/delivery.ts';
import { DELIVERY_PACE, deleted } from '../../../src/domain/delivery-outcome.ts';

const content = { fingerprint: 'a', position: 1 };
const attempt = { content, now: 10, chance: 1, pace: DELIVERY_PACE };
const standing: Delivery = { ...newDelivery('m'), remoteId: 'R1', shown: content };

describe('what a request brought', () => {
  it('leaves no trace of a post when nothing was sent', () => {
    const posted = posting(newDelivery('m'), content, null, 5, 1_000);
    const result = applyResult(posted, { kind: 'post', threadOf: null }, { operation: 'post', result: null }, attempt);
    expect(result).toMatchObject({ posting: null, nextAt: 0, attempts: 0 });
  });

  it('counts for the message that was edited, and not for the one that took its place meanwhile', () => {
    const edit = { kind: 'edit', remoteId: 'R1' } as const;
    const gone = { operation: 'edit', result: { kind: 'gone' } } as const;
    expect(applyResult(standing, edit, gone, attempt)).toMatchObject({ remoteId: null, reposts: 1, state: 'pending' });
    // A reply found its root gone while the root's own edit was under way: one deletion, not two.
    const known = deleted(standing);
    expect(applyResult(known, edit, gone, attempt)).toBe(known);
    const again: Delivery = { ...known, remoteId: 'R2' };
    expect(applyResult(again, edit, { operation: 'edit', result: { kind: 'delivered', remoteId: 'R1' } }, attempt)).toBe(again);
  });
});
