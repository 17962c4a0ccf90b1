import { createWebSessions } from '../../src/application/sessions/create-web-sessions.ts';
import type { NewAuditRecord } from '../../src/domain/audit.ts';
import type { WebSession } from '../../src/domain/web-session.ts';
import type { Database, Stores } from '../../src/ports/database.ts';
import type { SessionStore } from '../../src/ports/session-store.ts';
import type { WebSessions } from '../../src/ports/web-sessions.ts';
import { only } from './builders-parts.ts';

/** The real sessions on a store in memory, for tests of the browser chat alone. */
export class MemorySessions {
  readonly audit: NewAuditRecord[] = [];
  readonly sessions: WebSessions;
  readonly #kept = new Map<string, { session: WebSession; tokenHash: string }>();
  readonly #listeners = new Set<(id: string) => void>();

  constructor(now: () => number = Date.now) {
    const audit = only<Stores['audit']>('audit', { append: async (record) => void this.audit.push(record) });
    const stores = only<Stores>('stores', { sessions: this.#store(), audit });
    const database = only<Database>('database', {
      stores,
      transact: (work) => work(stores),
      notify: async (_stores, _topic, id) => {
        for (const listener of this.#listeners) listener(id);
      },
      listen: async (_topic, onNotify) => {
        this.#listeners.add(onNotify);
        return { stop: async () => void this.#listeners.delete(onNotify) };
      },
    });
    this.sessions = createWebSessions({ database, clock: { now, sleep: async () => {} } }, 'a secret of the tests, long enough to sign');
  }

  #store(): SessionStore {
    const all = () => [...this.#kept.values()].map(({ session }) => session);
    const end = (ended: readonly WebSession[]) => {
      for (const { id } of ended) this.#kept.delete(id);
      return ended;
    };
    return {
      insert: async (session, tokenHash) => void this.#kept.set(session.id, { session, tokenHash }),
      findByHash: async (tokenHash) => [...this.#kept.values()].find((kept) => kept.tokenHash === tokenHash)?.session ?? null,
      find: async (id) => this.#kept.get(id)?.session ?? null,
      ofPerson: async (personId) =>
        all()
          .filter((session) => session.personId === personId)
          .sort((a, b) => b.lastSeenAt - a.lastSeenAt),
      markSeen: async (id, at) => {
        const kept = this.#kept.get(id);
        if (kept !== undefined) this.#kept.set(id, { ...kept, session: { ...kept.session, lastSeenAt: at } });
      },
      end: async (id) => end(all().filter((session) => session.id === id))[0] ?? null,
      endOf: async (personId, except) => end(all().filter((session) => session.personId === personId && session.id !== except)),
      endOver: async (now, idleSince) => end(all().filter(({ endsAt, lastSeenAt }) => endsAt <= now || lastSeenAt <= idleSince)),
    };
  }
}
