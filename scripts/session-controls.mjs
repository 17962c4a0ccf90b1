const SESSIONS = 'src/application/sessions/create-web-sessions.ts';
const overHttp = (title) => ({ project: 'integration', file: 'test/e2e/web/sessions.test.ts', title });
const onDatabase = (title) => ({ project: 'integration', file: 'test/integration/application/sessions.test.ts', title });
const inChat = (title) => ({ project: 'integration', file: 'test/integration/chat-core/chat-core.test.ts', title });
const sealed = (title) => ({ project: 'integration', file: 'test/integration/postgres/sealed-messages.test.ts', title });
const pure = (title) => ({ project: 'unit', file: 'test/unit/domain/web-session.test.ts', title });

/** What keeps a session, and what is written to one person, that person's own: as in controls.mjs. */
export const SESSION_CONTROLS = [
  {
    name: 'session: signing out deletes the cookie only',
    file: 'adapters/web/session-routes.ts',
    find: '    if (request.chatSession !== null) await sessions.signOut(request.chatSession);\n',
    replace: '',
    test: overHttp('ends the session for every copy of its cookie'),
  },
  {
    name: 'session: a new sign-in leaves the old one',
    file: SESSIONS,
    find: 'before === null ? null : await stores.sessions.end(before.id)',
    replace: 'null',
    test: overHttp('makes a new token each time'),
  },
  {
    name: 'session: anybody ends anybody’s',
    file: SESSIONS,
    find: ' && session.personId === personId',
    replace: '',
    test: overHttp('are nobody else’s: neither listed nor ended'),
  },
  {
    name: 'session: the hash needs no key',
    file: SESSIONS,
    find: "createHmac('sha256', secret).update(token)",
    replace: "createHmac('sha256', '').update(token)",
    test: onDatabase('is kept nowhere'),
  },
  {
    name: 'session: the database is asked for any token',
    file: SESSIONS,
    find: 'isOurs(token) ? ',
    replace: 'TOKEN.test(token) ? ',
    test: { project: 'unit', file: 'test/unit/application/web-sessions.test.ts', title: 'a token that we did not make' },
  },
  {
    name: 'session: idle for ever',
    file: 'src/domain/web-session.ts',
    find: "now - lastSeenAt >= SESSION_IDLE_MS ? 'idle' : null",
    replace: 'null',
    test: pure('is idle then'),
  },
  {
    name: 'session: no end while it is busy',
    file: 'src/domain/web-session.ts',
    find: "  if (now >= endsAt) return 'over';\n",
    replace: '',
    test: pure('is over at its end, however busy'),
  },
  {
    name: 'session: others outlive a factor set up',
    file: 'src/application/second-factor/enrol.ts',
    find: '    await endAfterFactorChange(parts, stores, { personId, except: visitor.session ?? null, by: personId, source: PAGE });\n',
    replace: '',
    test: onDatabase('ends every other session when one is set up'),
  },
  {
    name: 'session: others outlive a factor taken away',
    file: 'src/application/second-factor/remove-factor.ts',
    find: '    await endAfterFactorChange(parts, stores, { personId: person.id, except: person.session ?? null, by: person.id, source });\n',
    replace: '',
    test: onDatabase('ends every other session when one is taken away'),
  },
  {
    name: 'session: sessions outlive a reset',
    file: 'src/application/second-factor/reset-factors.ts',
    find: '  await endAfterFactorChange(parts, stores, { personId: target.id, except: null, by: person.id, source });\n',
    replace: '',
    test: onDatabase('ends all when others reset it'),
  },
  {
    name: 'session: anybody signs anybody out',
    file: 'src/application/sessions/sign-out.ts',
    find: '!isOwn && !isAdminFor(workspace, person, target)',
    replace: 'false',
    test: onDatabase('is nobody else’s: neither a colleague’s nor a stranger’s'),
  },
  {
    name: 'session: whom one signs out goes by names alone',
    file: 'src/application/sessions/sign-out.ts',
    find: 'await inTheirGroups(stores, findTarget(workspace, typed))',
    replace: 'findTarget(workspace, typed)',
    test: onDatabase('of whoever counts in another app by a group'),
  },
  {
    name: 'session: a refused sign-in code leaves no record',
    file: 'src/cli/redeem-sign-in.ts',
    find: "    const why = person === undefined ? 'invalid_code' : isFirst ? null : 'code_used';\n",
    replace: "    const why = person === undefined ? 'invalid_code' : isFirst ? null : 'code_used';\n    if (why !== null) return null;\n",
    test: onDatabase('is recorded when it is taken and when it is refused'),
  },
  {
    name: 'messages: everybody reads what tells about any app',
    file: 'adapters/postgres/message-store.ts',
    find: "eb.or([eb('app', 'is', null), ",
    replace: "eb.or([eb('app', 'is', null), eb('app', 'is not', null), ",
    test: inChat('is cards, threads, answers and what was typed for them'),
  },
  {
    name: 'messages: a card is found by its deployment, by anybody',
    file: 'src/chat-core/create-conversations.ts',
    find: 'return card !== null && mayRead(card, readerOf(viewer)) ? card : null;',
    replace: 'return card;',
    test: inChat('is cards, threads, answers and what was typed for them'),
  },
  {
    name: 'messages: anybody talks in any thread',
    file: 'src/chat-core/create-conversations.ts',
    find: ' || !mayRead(named, reader)',
    replace: '',
    test: inChat('is cards, threads, answers and what was typed for them'),
  },
  {
    name: 'messages: talk in a thread is for everybody',
    file: 'src/chat-core/create-conversations.ts',
    find: 'app: root?.app ?? null,',
    replace: 'app: null,',
    test: inChat('is cards, threads, answers and what was typed for them'),
  },
  {
    name: 'messages: an open page keeps what a role that is lost gave it',
    file: 'adapters/web/live-stream.ts',
    find: '    if (apps !== this.#apps) this.reset();\n',
    replace: '',
    test: { project: 'integration', file: 'test/e2e/web/api.test.ts', title: 'tells a client whose person may read more or less' },
  },
  {
    name: 'messages: private ones are in clear',
    file: 'adapters/postgres/message-content.ts',
    find: 'if (message.privateTo === null && !isPersonal(message)) return',
    replace: "if (message.platform !== '') return",
    test: sealed('what one person alone reads stands in no row as it is'),
  },
  {
    name: 'messages: direct conversations are in clear',
    file: 'adapters/postgres/message-content.ts',
    find: ' && !isPersonal(message)',
    replace: '',
    test: sealed('what one person alone reads stands in no row as it is'),
  },
  {
    name: 'messages: sealed ones open for another reader',
    file: 'src/ports/sealed-bindings.ts',
    find: "privateTo ?? ''])}",
    replace: "''])}",
    test: sealed('sealed bytes open for their own row and reader only'),
  },
];
