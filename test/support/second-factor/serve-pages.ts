import type { AddressInfo } from 'node:net';
import { createHttpServer } from '../../../adapters/http/index.ts';
import { webChat } from '../../../adapters/web/index.ts';
import { createSessionCookie } from '../../../adapters/web/session-cookie.ts';
import { WebAuthnPasskeys } from '../../../adapters/webauthn/webauthn-passkeys.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { createFactorPages } from '../../../src/application/second-factor/factor-pages.ts';
import { createWebSessions } from '../../../src/application/sessions/create-web-sessions.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { FakeChat } from '../fake-chat.ts';
import type { TestDatabase } from '../postgres.ts';
import { factorParts } from './person-with-factors.ts';

const SECRET = 'a secret of the tests, long enough to sign';

class KnownPeople extends FakeChat {
  readonly #known: readonly Person[];

  constructor(known: readonly Person[]) {
    super();
    this.#known = known;
  }

  override person(id: string): Person | null {
    return this.#known.find((person) => person.id === id) ?? null;
  }
}

export type ServedPages = Awaited<ReturnType<typeof servePages>>;

/** The pages on the real use cases and database, at the address that passkeys belong to. `logged` is every line of the server's log. */
export async function servePages(test: TestDatabase, people: readonly Person[], members: Partial<Parts> = {}) {
  const logged: string[] = [];
  const write = (fields: object, text: string) => void logged.push(JSON.stringify({ ...fields, text }));
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const chat = new KnownPeople(people);
  const server = createHttpServer({ logger, metrics: { contentType: 'text/plain', text: async () => '' }, readiness: [] });
  const state: { url: string } = { url: '' };
  const { parts, clock, watched } = factorParts(test, { pagesUrl: () => state.url, logger, ...members });
  // The address is known once it listens, and passkeys need it: they are made then.
  const late: Parts = new Proxy(parts, {
    get: (target, name, receiver) =>
      name === 'passkeys' && members.passkeys === undefined ? passkeys() : Reflect.get(target, name, receiver),
  });
  const passkeys = () => new WebAuthnPasskeys({ publicUrl: state.url, logger });
  const sessions = createWebSessions(parts, SECRET);
  await server.register(
    webChat({
      core: chat,
      conversations: chat,
      mode: { kind: 'development' },
      logger,
      workspaceName: 'Harbor',
      sessions,
      publicUrl: null,
      factorPages: createFactorPages(late),
      now: () => clock.now(),
    }),
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  // Browsers do passkeys on `localhost`, not on addresses.
  state.url = `http://localhost:${port}`;
  const cookie = createSessionCookie(false);
  return {
    url: state.url,
    parts: late,
    clock,
    watched,
    logged,
    /** What the browser chat's session cookie of somebody is. */
    session: async (person: Person) => {
      const { token } = await sessions.begin(person, { userAgent: undefined, replaces: null });
      return { name: cookie.name, value: token };
    },
    sessions,
    close: () => server.close(),
  };
}
