import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Reader } from '../../src/ports/message-store.ts';
import { aMessage } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

/** They see no app. */
const ADA = { id: 'ada', apps: [] };
const BOB = { id: 'bob', apps: [] };

export function describeMessages(views: Views): void {
  const messages = () => views().database.stores.messages;
  const aChannel = () => `channel-${randomUUID().slice(0, 8)}`;

  describe('messages', () => {
    it('are written and edited by key, and an unchanged one is not written', async () => {
      const channel = aChannel();
      const card = { ...aMessage({ channel, content: { b: 1, a: [2] } }), key: 'card:1' };
      const first = await messages().upsert(card);
      expect(first).toMatchObject({ changed: true, message: { key: 'card:1', content: { a: [2], b: 1 }, replies: 0, createdAt: card.at } });
      const same = await messages().upsert({ ...card, content: { a: [2], b: 1 }, at: card.at + 1 });
      expect(same).toEqual({ changed: false, message: first.message });
      const edited = await messages().upsert({ ...card, content: { a: [3] }, at: card.at + 2 });
      expect(edited.changed).toBe(true);
      expect(edited.message).toMatchObject({ id: first.message.id, createdAt: card.at, updatedAt: card.at + 2, content: { a: [3] } });
      expect(edited.message.position).toBeGreaterThan(first.message.position);
      expect(await messages().findByKey('web', channel, 'card:1')).toEqual(edited.message);
      expect(await messages().find(first.message.id)).toEqual(edited.message);
      expect(await messages().findByKey('slack', channel, 'card:1')).toBeNull();
    });

    it('are found by what their keys begin with, wherever and for whomever they stand', async () => {
      const [first, second, prefix] = [aChannel(), aChannel(), `approval:${randomUUID()}:`];
      const write = (channel: string, key: string, privateTo: string | null = null) =>
        messages().upsert({ ...aMessage({ channel, privateTo }), key });
      await write(first, `${prefix}ada`);
      await write(second, `${prefix}ada`, 'ada');
      await write(first, `${prefix}ümit:reminder`);
      for (const other of [prefix.slice(0, -1), prefix.replace('approval', 'approvals'), `${prefix.slice(0, -1)};`])
        await write(first, other);
      expect(await messages().standing(prefix)).toEqual([
        { platform: 'web', channel: first, key: `${prefix}ada`, privateTo: null },
        { platform: 'web', channel: second, key: `${prefix}ada`, privateTo: 'ada' },
        { platform: 'web', channel: first, key: `${prefix}ümit:reminder`, privateTo: null },
      ]);
      expect(await messages().standing(`approval:${randomUUID()}:`)).toEqual([]);
    });

    it('exist once per key, however many write them first at the same time', async () => {
      const channel = aChannel();
      const writes = Array.from({ length: 10 }, (_, index) => {
        const side = index % 2 === 0 ? views().database : views().other;
        return side.stores.messages.upsert({ ...aMessage({ channel, content: { index } }), key: 'card:1' });
      });
      const ids = new Set((await Promise.all(writes)).map(({ message }) => message.id));
      expect(ids.size).toBe(1);
      expect(await messages().channel('web', channel, ADA, 10)).toHaveLength(1);
    });

    it('keep any content that JSON has, and replace what a database cannot', async () => {
      const content = ['text', 1.5, null, true, { deep: [{ a: '\u{1F6A2}' }] }] as const;
      const stored = await messages().insert(aMessage({ channel: aChannel(), content }));
      expect((await messages().find(stored.id))?.content).toEqual(content);
      const odd = await messages().insert(aMessage({ channel: aChannel(), content: 'nul \u0000' }));
      expect(odd.content).toBe('nul \uFFFD');
      expect((await messages().insert(aMessage({ channel: aChannel(), content: null }))).content).toBeNull();
    });

    it('are read oldest first, the last ones, page by page, and in the order of writing after edits', async () => {
      const channel = aChannel();
      const ids: string[] = [];
      for (const index of [0, 1, 2, 3]) ids.push((await messages().insert(aMessage({ channel, content: { index }, key: `k${index}` }))).id);
      await messages().upsert({ ...aMessage({ channel, content: { edited: true } }), key: 'k0' });
      const page = async (limit: number, before?: string) =>
        (await messages().channel('web', channel, ADA, limit, before)).map(({ id }) => id);
      expect(await page(10)).toEqual(ids);
      expect(await page(2)).toEqual(ids.slice(2));
      expect(await page(2, ids[2])).toEqual(ids.slice(0, 2));
    });

    it('show private ones to their reader alone, and do not count them as replies', async () => {
      const channel = aChannel();
      const root = await messages().insert(aMessage({ channel }));
      const secret = await messages().insert(aMessage({ channel, privateTo: 'ada' }));
      const reply = await messages().insert(aMessage({ channel, threadRoot: root.id }));
      const whisper = await messages().insert(aMessage({ channel, threadRoot: root.id, privateTo: 'ada' }));
      const hidden = await messages().insert(aMessage({ channel, threadRoot: secret.id }));
      const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);
      expect(ids(await messages().channel('web', channel, ADA, 10))).toEqual([root.id, secret.id]);
      expect(ids(await messages().channel('web', channel, BOB, 10))).toEqual([root.id]);
      expect(ids(await messages().thread(root.id, ADA))).toEqual([reply.id, whisper.id]);
      expect(ids(await messages().thread(root.id, BOB))).toEqual([reply.id]);
      expect(ids(await messages().thread(secret.id, ADA))).toEqual([hidden.id]);
      expect(await messages().thread(secret.id, BOB)).toEqual([]);
      const changed = ids(await messages().changedSince('web', BOB, root.position - 1, 100));
      expect(changed).not.toContain(secret.id);
      expect(changed).not.toContain(whisper.id);
      expect((await messages().find(root.id))?.replies).toBe(1);
    });

    it('about an app are for those who may see it, in the channel, in threads and live; what is about none is for everybody', async () => {
      const channel = aChannel();
      const card = await messages().insert(aMessage({ channel, app: 'shop' }));
      const detail = await messages().insert(aMessage({ channel, app: 'shop', threadRoot: card.id }));
      const help = await messages().insert(aMessage({ channel }));
      const whisper = await messages().insert(aMessage({ channel, app: 'shop', privateTo: 'bob' }));
      const seenBy = async (reader: Reader) => {
        const listed = await messages().channel('web', channel, reader, 10);
        const changed = await messages().changedSince('web', reader, card.position - 1, 100);
        const thread = await messages().thread(card.id, reader);
        const own = changed.filter((message) => message.channel === channel && message.threadRoot === null);
        expect(new Set(own.map(({ id }) => id))).toEqual(new Set(listed.map(({ id }) => id)));
        expect(changed.some(({ id }) => id === detail.id)).toBe(thread.length > 0);
        return [...listed, ...thread].map(({ id }) => id);
      };
      expect(await seenBy({ id: 'cleo', apps: ['blog', 'shop'] })).toEqual([card.id, help.id, detail.id]);
      expect(await seenBy({ id: 'bob', apps: ['shop'] })).toEqual([card.id, help.id, whisper.id, detail.id]);
      expect(await seenBy({ id: 'bob', apps: ['blog'] })).toEqual([help.id]);
      expect(await seenBy(ADA)).toEqual([help.id]);
    });

    it('change their app with their readers, and an unchanged one is not written', async () => {
      const channel = aChannel();
      const typed = { ...aMessage({ channel, privateTo: 'ada' }), key: 'typed:1' };
      expect((await messages().upsert(typed)).message).toMatchObject({ privateTo: 'ada', app: null });
      const shown = { ...typed, privateTo: null, app: 'shop' };
      expect(await messages().upsert(shown)).toMatchObject({ changed: true, message: { privateTo: null, app: 'shop' } });
      expect(await messages().upsert(shown)).toMatchObject({ changed: false });
      expect(await messages().upsert({ ...shown, app: 'blog' })).toMatchObject({ changed: true, message: { app: 'blog' } });
    });

    it('tell that a thread grew by a new position of its root', async () => {
      const channel = aChannel();
      const root = await messages().insert(aMessage({ channel }));
      const before = await messages().lastPosition();
      const reply = await messages().insert(aMessage({ channel, threadRoot: root.id }));
      const changed = await messages().changedSince('web', ADA, before, 10);
      expect(new Set(changed.map(({ id }) => id))).toEqual(new Set([root.id, reply.id]));
      expect(changed.map(({ position }) => position)).toEqual(changed.map(({ position }) => position).sort((a, b) => a - b));
      expect(await messages().lastPosition()).toBe(changed.at(-1)?.position);
    });

    it('are never missed by a reader who goes on from the highest position seen, while many write at once', async () => {
      const channel = aChannel();
      const start = await messages().lastPosition();
      const seen = new Set<string>();
      let isWriting = true;
      const follow = async () => {
        let position = start;
        for (;;) {
          const isLastLook = !isWriting;
          const changed = await views().other.stores.messages.changedSince('web', ADA, position, 1_000);
          for (const message of changed) {
            expect(message.position).toBeGreaterThan(position);
            position = message.position;
            if (message.channel === channel) seen.add(message.id);
          }
          if (isLastLook) return;
        }
      };
      const write = async (writer: number) => {
        const ids: string[] = [];
        for (let index = 0; index < 15; index += 1) {
          const message = await views().database.transact(async (stores) => {
            const written = await stores.messages.insert(aMessage({ channel, content: { writer, index } }));
            // The longer a transaction stays open after its position was given, the easier it would be overtaken.
            for (let turn = 0; turn < writer % 4; turn += 1) await stores.messages.find(written.id);
            return written;
          });
          ids.push(message.id);
        }
        return ids;
      };
      const following = follow();
      const written = (await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))).flat();
      isWriting = false;
      await following;
      expect(seen).toEqual(new Set(written));
    });
  });
}
