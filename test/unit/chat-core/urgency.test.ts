import { describe, expect, it } from 'vitest';
import { isUnsettledDetail, urgencyOf } from '../../../src/chat-core/delivery/urgency.ts';
import { type Delivery, newDelivery } from '../../../src/domain/delivery.ts';
import type { Urgency } from '../../../src/domain/delivery-choice.ts';
import type { StoredMessage } from '../../../src/domain/stored-message.ts';

const message = (changes: Partial<StoredMessage> = {}): StoredMessage => ({
  id: 'm',
  platform: 'slack',
  channel: 'T1/C1',
  threadRoot: null,
  key: 'card:1',
  author: { kind: 'bot' },
  privateTo: null,
  app: null,
  content: { summary: 's', tone: 'progress', elements: [], outcome: 'pending' },
  replies: 0,
  position: 1,
  createdAt: 1,
  updatedAt: 1,
  ...changes,
});
const fresh = newDelivery('m');
const shown: Delivery = { ...fresh, shown: { fingerprint: 'a', position: 1 } };
const ended = { summary: 's', tone: 'success', elements: [], outcome: 'success' };

describe('how urgent a message is', () => {
  it.each<[string, Partial<StoredMessage>, Delivery, Urgency]>([
    ['a private message', { privateTo: 'ada' }, fresh, 'answer'],
    ['an answer', { key: 'reply:1' }, shown, 'answer'],
    ['a card that does not stand yet', {}, fresh, 'first'],
    ['a card that changed', {}, shown, 'progress'],
    ['a card at its end', { content: ended }, shown, 'final'],
    ['a card at its end that never stood', { content: ended }, fresh, 'first'],
    ['a detail in a thread, whatever it says', { threadRoot: 'r', content: ended }, fresh, 'progress'],
    ['a message without an outcome', { content: { summary: 's' } }, shown, 'progress'],
    ['a text', { content: 'text' }, shown, 'progress'],
  ])('%s', (_, changes, delivery, urgency) => {
    expect(urgencyOf(message(changes), delivery)).toBe(urgency);
  });
});

describe('a detail that is better posted once it is settled', () => {
  it.each<[string, Partial<StoredMessage>, Delivery, boolean]>([
    ['is one that is under way', { threadRoot: 'r' }, fresh, true],
    ['is none that is settled', { threadRoot: 'r', content: ended }, fresh, false],
    ['is none that stands already', { threadRoot: 'r' }, shown, false],
    ['is no card', {}, fresh, false],
  ])('%s', (_, changes, delivery, isOne) => {
    expect(isUnsettledDetail(message(changes), delivery)).toBe(isOne);
  });
});
