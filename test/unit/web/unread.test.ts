import { describe, expect, it } from 'vitest';
import { countUnread, markRead } from '../../../adapters/web/client/model/unread.ts';
import { byBot, byPerson } from './sample-messages.ts';

describe('countUnread', () => {
  it('counts what others wrote after the reader’s mark, by channel', () => {
    const messages = [byPerson('ben', 5), byPerson('ben', 15), byBot(20), byPerson('ben', 30, { channel: 'shop' })];
    expect(countUnread(messages, { deployments: 10 }, 'ana')).toEqual({ deployments: 2, shop: 1 });
  });

  it('counts neither the reader’s own messages nor replies in threads', () => {
    expect(countUnread([byPerson('ana', 20), byPerson('ben', 20, { threadRoot: 'm1' })], {}, 'ana')).toEqual({});
  });

  it('does not count an old card that was edited', () => {
    expect(countUnread([byBot(5, { updatedAt: 50, position: 900 })], { deployments: 10 }, 'ana')).toEqual({});
  });
});

describe('markRead', () => {
  it('moves forward and never back', () => {
    const marks = markRead({}, 'shop', 10);
    expect(marks).toEqual({ shop: 10 });
    expect(markRead(marks, 'shop', 5)).toBe(marks);
  });
});
