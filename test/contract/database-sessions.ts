import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WebSession } from '../../src/domain/web-session.ts';
import type { Views } from './database-views.ts';

const AT = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

export function describeSessions(views: Views): void {
  const sessions = () => views().database.stores.sessions;
  const aHash = () => randomBytes(32).toString('hex');
  const aSession = (change: Partial<WebSession> = {}): WebSession => {
    const times = { createdAt: AT, lastSeenAt: AT, endsAt: AT + 720 * MINUTE };
    return { id: randomUUID(), personId: `person-${randomUUID()}`, ...times, browser: 'Firefox on Linux', ...change };
  };

  describe('sessions', () => {
    it('are found by the hash of their token and by their id, and by nothing else', async () => {
      const [session, hash] = [aSession(), aHash()];
      await sessions().insert(session, hash);
      expect(await sessions().findByHash(hash)).toEqual(session);
      expect(await views().other.stores.sessions.find(session.id)).toEqual(session);
      expect(await sessions().findByHash(aHash())).toBeNull();
      expect(await sessions().find(hash)).toBeNull();
      await expect(sessions().insert(aSession(), hash)).rejects.toThrow();
      await expect(sessions().insert(aSession(), 'no hash')).rejects.toThrow();
    });

    it('are written as seen once in a while only, and never back in time', async () => {
      const session = aSession();
      await sessions().insert(session, aHash());
      const seenAt = async (at: number) => {
        await sessions().markSeen(session.id, at, MINUTE);
        return (await sessions().find(session.id))?.lastSeenAt;
      };
      expect(await seenAt(AT + MINUTE - 1)).toBe(AT);
      expect(await seenAt(AT + MINUTE)).toBe(AT + MINUTE);
      expect(await seenAt(AT)).toBe(AT + MINUTE);
    });

    it('are listed for their person, last seen first', async () => {
      const { personId } = aSession();
      const [old, fresh] = [aSession({ personId }), aSession({ personId, lastSeenAt: AT + 1 })];
      for (const session of [old, fresh, aSession()]) await sessions().insert(session, aHash());
      expect(await sessions().ofPerson(personId)).toEqual([fresh, old]);
    });

    it('end once, whoever else ends them at the same time', async () => {
      const [session, hash] = [aSession(), aHash()];
      await sessions().insert(session, hash);
      const ended = await Promise.all([sessions().end(session.id), views().other.stores.sessions.end(session.id)]);
      expect(ended.filter((one) => one !== null)).toEqual([session]);
      expect(await sessions().findByHash(hash)).toBeNull();
    });

    it('end for one person, but for the one that is kept', async () => {
      const { personId } = aSession();
      const [kept, gone, foreign] = [aSession({ personId }), aSession({ personId }), aSession()];
      for (const session of [kept, gone, foreign]) await sessions().insert(session, aHash());
      expect(await sessions().endOf(personId, kept.id)).toEqual([gone]);
      expect(await sessions().ofPerson(personId)).toEqual([kept]);
      expect(await sessions().find(foreign.id)).toEqual(foreign);
      expect(await sessions().endOf(personId, null)).toEqual([kept]);
    });

    it('end when their time is over or nobody saw them for too long', async () => {
      const now = AT + 1_000_000 * MINUTE;
      const at = { createdAt: now - 100 * MINUTE };
      const busy = aSession({ ...at, lastSeenAt: now, endsAt: now + 1 });
      const over = aSession({ ...at, lastSeenAt: now, endsAt: now });
      const idle = aSession({ ...at, lastSeenAt: now - 30 * MINUTE, endsAt: now + 1 });
      for (const session of [busy, over, idle]) await sessions().insert(session, aHash());
      const ended = (await sessions().endOver(now, now - 30 * MINUTE)).map(({ id }) => id);
      expect(ended).toEqual(expect.arrayContaining([over.id, idle.id]));
      expect(ended).not.toContain(busy.id);
    });
  });
}
