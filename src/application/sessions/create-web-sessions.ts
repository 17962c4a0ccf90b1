import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { describeBrowser, SEEN_EVERY_MS, SESSION_MS, type SessionEnd, type WebSession, whySessionOver } from '../../domain/web-session.ts';
import type { Stores } from '../../ports/database.ts';
import type { WebSessions } from '../../ports/web-sessions.ts';
import { recordEnded, type SessionParts } from './end-sessions.ts';

const SOURCE = 'web';
const RANDOM_BYTES = 32;
const MARK_BYTES = 16;
/** Both, as a cookie carries them. */
const TOKEN = /^[\w-]{64}$/;

/**
 * Sessions in the database: the cookie holds a random token, the database its hash under `secret` (at least 32 characters), so
 * that a row made by somebody without it is nobody's session. Another secret ends them all. A token carries a mark of our own, too:
 * whatever has none is refused without asking the database.
 */
export function createWebSessions(parts: SessionParts, secret: string): WebSessions {
  if (secret.length < 32) throw new RangeError('a session secret has at least 32 characters');
  const { database, clock } = parts;
  const { sessions } = database.stores;
  const hashOf = (token: string): string => createHmac('sha256', secret).update(token).digest('hex');
  const markOf = (random: Uint8Array) =>
    createHmac('sha256', secret).update('session mark').update(random).digest().subarray(0, MARK_BYTES);
  const isOurs = (token: string): boolean => {
    const bytes = Buffer.from(TOKEN.test(token) ? token : '', 'base64url');
    if (bytes.length !== RANDOM_BYTES + MARK_BYTES) return false;
    return timingSafeEqual(bytes.subarray(RANDOM_BYTES), markOf(bytes.subarray(0, RANDOM_BYTES)));
  };
  const byToken = async (stores: Stores, token: string) => (isOurs(token) ? stores.sessions.findByHash(hashOf(token)) : null);

  const end = (session: WebSession, why: SessionEnd): Promise<boolean> =>
    database.transact(async (stores) => {
      const ended = await stores.sessions.end(session.id);
      if (ended === null) return false;
      await recordEnded(parts, stores, [ended], { by: ended.personId, why, source: SOURCE });
      return true;
    });

  const seen = async (session: WebSession | null): Promise<WebSession | null> => {
    const now = clock.now();
    if (session === null || whySessionOver(session, now) !== null) return null;
    if (now - session.lastSeenAt >= SEEN_EVERY_MS) await sessions.markSeen(session.id, now, SEEN_EVERY_MS);
    return session;
  };

  return {
    begin: (person, { userAgent, replaces }) =>
      database.transact(async (stores) => {
        const now = clock.now();
        const before = replaces === null ? null : await byToken(stores, replaces);
        const ended = before === null ? null : await stores.sessions.end(before.id);
        if (ended !== null) await recordEnded(parts, stores, [ended], { by: ended.personId, why: 'replaced', source: SOURCE });
        const random = randomBytes(RANDOM_BYTES);
        const token = Buffer.concat([random, markOf(random)]).toString('base64url');
        const session: WebSession = {
          id: randomUUID(),
          personId: person.id,
          createdAt: now,
          lastSeenAt: now,
          endsAt: now + SESSION_MS,
          browser: describeBrowser(userAgent),
        };
        await stores.sessions.insert(session, hashOf(token));
        await stores.audit.append({
          at: now,
          actor: person.id,
          action: 'session.begin',
          subject: person.id,
          source: SOURCE,
          result: 'done',
          details: { session: session.id, browser: session.browser },
        });
        return { token, session };
      }),
    find: async (token) => seen(await byToken(database.stores, token)),
    seen: async (id) => (await seen(await sessions.find(id))) !== null,
    ofPerson: async (personId) => {
      const now = clock.now();
      return (await sessions.ofPerson(personId)).filter((session) => whySessionOver(session, now) === null);
    },
    signOut: async (session) => {
      await end(session, 'signed-out');
    },
    end: async (personId, id) => {
      const session = await sessions.find(id);
      return session !== null && session.personId === personId && end(session, 'by-owner');
    },
    endOthers: (personId, except) =>
      database.transact(async (stores) => {
        const ended = await stores.sessions.endOf(personId, except);
        await recordEnded(parts, stores, ended, { by: personId, why: 'by-owner', source: SOURCE });
        return ended.length;
      }),
    onEnd: (callback) => database.listen('session', callback),
  };
}
