import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { namedPerson, type Person } from '../../src/domain/deployment.ts';
import { ChatError, validated } from './chat-error.ts';
import { signedIn } from './identity.ts';
import type { WebChat } from './options.ts';
import { chooseBody, sessionParams, signInBody } from './request-bodies.ts';
import type { SessionCookie } from './session-cookie.ts';
import type { EndedAnswer, SessionAnswer, SessionsAnswer } from './wire.ts';

/** Who am I, choosing who to be (development mode), signing in with a one-time code (otherwise), signing out, and where else I am signed in. */
export function sessionRoutes(server: FastifyInstance, chat: WebChat, cookie: SessionCookie): void {
  const { mode, conversations, sessions } = chat;

  const answer = (person: Person | null): SessionAnswer => ({
    mode: mode.kind,
    workspace: chat.workspaceName,
    person: person === null ? null : namedPerson(person),
    people: mode.kind === 'development' ? conversations.people() : [],
    serverTime: chat.now(),
  });

  const begin = async (request: FastifyRequest, reply: FastifyReply, person: Person): Promise<SessionAnswer> => {
    const replaces = cookie.tokenIn(request.cookies);
    const { token } = await sessions.begin(person, { userAgent: request.headers['user-agent'], replaces });
    reply.setCookie(cookie.name, token, { ...cookie.attributes, maxAge: cookie.maxAgeS });
    return answer(person);
  };

  server.get('/session', async (request) => answer(request.chatPerson));

  server.post('/session', async (request, reply) => {
    if (mode.kind !== 'development') throw new ChatError(404, 'not_found', 'People are chosen in development mode only.');
    const person = conversations.person(validated(chooseBody, request.body).person);
    if (person === null) throw new ChatError(404, 'unknown_person', 'There is no such person in this workspace.');
    return begin(request, reply, person);
  });

  server.delete('/session', async (request, reply) => {
    if (request.chatSession !== null) await sessions.signOut(request.chatSession);
    reply.clearCookie(cookie.name, cookie.attributes);
    return answer(null);
  });

  // Few attempts per address: codes are long, and this keeps guessing them hopeless even so.
  server.post(
    '/sign-in',
    { config: { rateLimit: { max: 10, timeWindow: 60_000, keyGenerator: (request) => request.ip } } },
    async (request, reply) => {
      if (mode.kind !== 'production') throw new ChatError(404, 'not_found', 'In development mode you choose who you are.');
      const person = await mode.redeemSignIn(validated(signInBody, request.body).code);
      if (person === null) throw new ChatError(403, 'invalid_code', 'This sign-in link was used already or is too old. Ask for a new one.');
      return begin(request, reply, person);
    },
  );

  server.get('/sessions', async (request): Promise<SessionsAnswer> => {
    const own = await sessions.ofPerson(signedIn(request).id);
    return {
      sessions: own.map(({ id, browser, createdAt, lastSeenAt, endsAt }) => {
        return { id, browser, createdAt, lastSeenAt, endsAt, isThis: id === request.chatSession?.id };
      }),
    };
  });

  server.delete<{ Params: { id: string } }>('/sessions/:id', async (request): Promise<EndedAnswer> => {
    const person = signedIn(request);
    const { id } = validated(sessionParams, request.params);
    if (!(await sessions.end(person.id, id))) throw new ChatError(404, 'unknown_session', 'This session is over already.');
    return { ended: 1 };
  });

  server.delete('/sessions', async (request): Promise<EndedAnswer> => {
    const person = signedIn(request);
    return { ended: await sessions.endOthers(person.id, request.chatSession?.id ?? null) };
  });
}
