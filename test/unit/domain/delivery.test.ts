import { describe, expect, it } from 'vitest';
import { type Content, type Delivery, newDelivery, nextStep, posting, type Root, type Step, wanted } from '../../../src/domain/delivery.ts';

const NOW = 1_000;
const content = (fingerprint: string, position = 1): Content => ({ fingerprint, position });
const delivery = (changes: Partial<Delivery> = {}): Delivery => ({ ...newDelivery('m'), ...changes });
const standing = (changes: Partial<Delivery> = {}): Delivery => delivery({ remoteId: 'R', shown: content('a'), ...changes });
const none: Root = { kind: 'none' };

describe('what to do next with a message', () => {
  it.each<[string, Delivery, Root, Step]>([
    ['a new one is posted', delivery(), none, { kind: 'post', threadOf: null }],
    ['a reply is posted under its root', delivery(), { kind: 'stands', remoteId: 'P' }, { kind: 'post', threadOf: 'P' }],
    ['a reply waits for its root', delivery(), { kind: 'awaited' }, { kind: 'wait', until: null }],
    ['a reply without a root is given up', delivery(), { kind: 'lost' }, { kind: 'give_up', reason: expect.stringContaining('thread') }],
    ['one that stands is edited', standing(), none, { kind: 'edit', remoteId: 'R' }],
    ['one that stands is edited whatever became of its root', standing(), { kind: 'lost' }, { kind: 'edit', remoteId: 'R' }],
    ['nothing is tried before its time', delivery({ nextAt: NOW + 1 }), none, { kind: 'wait', until: NOW + 1 }],
    ['at its time it is', delivery({ nextAt: NOW }), none, { kind: 'post', threadOf: null }],
    ['a lost post is looked for', delivery({ posting: { ...content('a'), since: 1 } }), none, { kind: 'look', threadOf: null }],
    [
      'a lost reply is looked for in its thread',
      delivery({ posting: { ...content('a'), since: 1 } }),
      { kind: 'stands', remoteId: 'P' },
      { kind: 'look', threadOf: 'P' },
    ],
    ['a delivered one is left', standing({ state: 'delivered' }), none, { kind: 'nothing' }],
    ['an undeliverable one is left', delivery({ state: 'undeliverable', reason: 'x' }), none, { kind: 'nothing' }],
  ])('%s', (_, given, root, step) => {
    expect(nextStep(given, root, NOW)).toEqual(step);
  });
});

describe('what is wanted', () => {
  it.each<[string, Delivery, Content, Delivery['state']]>([
    ['never shown', delivery(), content('a'), 'pending'],
    ['shown already', standing({ state: 'delivered' }), content('a', 9), 'delivered'],
    ['changed', standing({ state: 'delivered' }), content('b'), 'pending'],
    ['changed back before it was sent', standing({ state: 'pending' }), content('a'), 'delivered'],
    ['a post under way, whatever is wanted', standing({ posting: { ...content('b'), since: 1 } }), content('a'), 'pending'],
    [
      'changed, but for one person and so not to be edited',
      delivery({ state: 'delivered', shown: content('a') }),
      content('b'),
      'delivered',
    ],
    ['the same, but to be posted afresh', delivery({ state: 'pending', shown: content('a') }), content('a'), 'pending'],
    ['refused, and the same', delivery({ state: 'undeliverable', reason: 'x', refused: 'a' }), content('a'), 'undeliverable'],
    ['refused, and other content', delivery({ state: 'undeliverable', reason: 'x', refused: 'a' }), content('b'), 'pending'],
    ['undeliverable for good', delivery({ state: 'undeliverable', reason: 'x' }), content('b'), 'undeliverable'],
  ])('%s', (_, given, wish, state) => {
    expect(wanted(given, wish, true).state).toBe(state);
  });

  it('is left as it stands where nothing can be edited', () => {
    expect(wanted(standing({ state: 'delivered' }), content('b'), false).state).toBe('delivered');
  });

  it('is the same object when nothing changes, so that nothing is written', () => {
    const settled = standing({ state: 'delivered' });
    expect(wanted(settled, content('a', 5), true)).toBe(settled);
  });
});

describe('a post that leaves', () => {
  it('is written down with its content and looked for no sooner than asked', () => {
    expect(posting(delivery({ looks: 3 }), content('a', 4), 'D1', NOW, 50)).toMatchObject({
      posting: { fingerprint: 'a', position: 4, since: NOW },
      sentTo: 'D1',
      looks: 0,
      nextAt: NOW + 50,
    });
  });
});
