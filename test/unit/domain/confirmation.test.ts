import { describe, expect, it } from 'vitest';
import { type Confirmation, confirmationIdentity, isSameConfirmation } from '../../../src/domain/confirmation.ts';

const approval: Confirmation = { purpose: 'approve', subject: 'r1', hash: 'h', summary: ['Deploy shop'], values: { decision: 'yes' } };
const others: readonly (readonly [string, Confirmation])[] = [
  ['purpose', { ...approval, purpose: 'break_glass' }],
  ['subject', { ...approval, subject: 'r2' }],
  ['hash', { ...approval, hash: 'i' }],
  ['missing hash', { ...approval, hash: null }],
  ['values', { ...approval, values: { decision: 'no' } }],
];

describe('a confirmation', () => {
  it.each(others)('of another %s is another one', (_name, other) => {
    expect(isSameConfirmation(approval, other)).toBe(false);
    expect(confirmationIdentity(approval, 'ada')).not.toBe(confirmationIdentity(other, 'ada'));
  });

  it('in other words does the same, and is signed as other words', () => {
    const reworded = { ...approval, summary: ['Deploy shop 1.2.0'] };
    expect(isSameConfirmation(approval, reworded)).toBe(true);
    expect(confirmationIdentity(approval, 'ada')).not.toBe(confirmationIdentity(reworded, 'ada'));
  });

  it('is signed for one person', () => {
    expect(confirmationIdentity(approval, 'ada')).not.toBe(confirmationIdentity(approval, 'bo'));
  });
});
