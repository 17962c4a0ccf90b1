import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Person } from '../../src/domain/deployment.ts';
import { ChatError, validated } from './chat-error.ts';
import type { WebChat } from './options.ts';
import { chooseBody, signInBody } from './request-bodies.ts';
import type { SessionCookie } from './session-cookie.ts';
import type { SessionAnswer } from './wire.ts';

/** Who am I, choosing who to be (development mode), signing in with a one-time code (otherwise), signing out. */
export function sessionRoutes(server: FastifyInstance, chat: WebChat, cookie: SessionCookie): void {
  const { mode, conversations } = chat;

  const answer = (person: Person | null): SessionAnswer => ({
    mode: mode.kind,
    workspace: chat.workspaceName,
    person,
    people: mode.kind === 'development' ? conversations.people() : [],
    serverTime: chat.now(),
  });

  const begin = (reply: FastifyReply, person: Person): SessionAnswer => {
    reply.setCookie(cookie.name, cookie.write(person.id, chat.now()), {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: cookie.isSecure,
      maxAge: Math.floor(cookie.maxAgeMs / 1000),
    });
    return answer(person);
  };

  server.get('/session', async (request) => answer(request.chatPerson));

  server.post('/session', async (request, reply) => {
    if (mode.kind !== 'development') throw new ChatError(404, 'not_found', 'People are chosen in development mode only.');
    const person = conversations.person(validated(chooseBody, request.body).person);
    if (person === null) throw new ChatError(404, 'unknown_person', 'There is no such person in this workspace.');
    return begin(reply, person);
  });

  server.delete('/session', async (_request, reply) => {
    reply.clearCookie(cookie.name, { path: '/', httpOnly: true, sameSite: 'strict', secure: cookie.isSecure });
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
      return begin(reply, person);
    },
  );
}
