import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channelMessages,
  countReplies,
  isBeforeLoaded,
  type MessageLog,
  merge,
  threadMessages,
} from '../../../adapters/web/client/model/message-log.ts';
import { byBot, byPerson } from './sample-messages.ts';

describe('merge', () => {
  it('ends with the newest state of every message, in whatever order and however often they arrive', () => {
    const versions = ['a', 'b', 'c'].flatMap((id) =>
      [1, 2, 3].map((edit) => byBot(10, { id, position: edit, content: { text: `${id}${edit}` } })),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(versions, { minLength: versions.length }), fc.array(fc.constantFrom(...versions)), (once, again) => {
        const log = [...once, ...again].reduce<MessageLog>((known, message) => merge(known, [message]), new Map());
        expect([...log.values()].map((message) => message.content)).toHaveLength(3);
        for (const message of log.values()) expect(message.position).toBe(3);
      }),
    );
  });

  it('answers the same log when nothing is newer, so that nothing is drawn again', () => {
    const message = byBot(1);
    const log = merge(new Map(), [message]);
    expect(merge(log, [message])).toBe(log);
  });
});

describe('reading the log', () => {
  const root = byBot(1, { id: 'root' });
  const log = merge(new Map(), [
    byPerson('ben', 3, { threadRoot: 'root' }),
    byPerson('ana', 2, { threadRoot: 'root' }),
    root,
    byPerson('ana', 4),
  ]);

  it('keeps replies out of the channel and in order in their thread', () => {
    expect(channelMessages(log, 'deployments').map((message) => message.createdAt)).toEqual([1, 4]);
    expect(threadMessages(log, 'root').map((message) => message.createdAt)).toEqual([2, 3]);
  });

  it('keeps messages of one millisecond in the order in which they came, also after an edit', () => {
    const [z, a] = [byBot(9, { id: 'z' }), byBot(9, { id: 'a' })];
    const edited = merge(merge(new Map(), [z, a]), [{ ...z, position: 900 }]);
    expect(channelMessages(edited, 'deployments').map(({ id }) => id)).toEqual(['z', 'a']);
  });

  it('counts replies by what is known here or by the root’s own count, whichever is larger', () => {
    expect(countReplies(log).get('root')).toEqual({ count: 2, lastAt: 3 });
    expect(countReplies(merge(log, [{ ...root, replies: 7, position: 999 }])).get('root')).toEqual({ count: 7, lastAt: 3 });
  });

  it('leaves out an edit of something older than the loaded part, but not of what is shown', () => {
    expect(isBeforeLoaded(log, byBot(5), 10)).toBe(true);
    expect(isBeforeLoaded(log, root, 10)).toBe(false);
    expect(isBeforeLoaded(log, byBot(5, { threadRoot: 'root' }), 10)).toBe(false);
    expect(isBeforeLoaded(log, byBot(5), null)).toBe(false);
  });
});
