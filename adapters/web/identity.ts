import type { FastifyRequest } from 'fastify';
import { namedPerson, type Person } from '../../src/domain/deployment.ts';
import type { WebSession } from '../../src/domain/web-session.ts';
import { ChatError } from './chat-error.ts';
import type { WebChat } from './options.ts';
import type { SessionCookie } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, by cookie or bearer token; null when nobody is signed in. */
    chatPerson: Person | null;
    /** The session that proves it; null for tokens, which are checked on every request. */
    chatSession: WebSession | null;
  }
}

/** Finds out who asks. A bearer token decides alone: a wrong one is refused even beside a good cookie. */
export async function identify(request: FastifyRequest, chat: WebChat, cookie: SessionCookie): Promise<void> {
  const token = bearerToken(request.headers.authorization);
  if (token !== null) {
    request.chatPerson = (await chat.authenticate?.(token)) ?? null;
    if (request.chatPerson === null) throw new ChatError(401, 'invalid_token', 'This token is not valid.');
    return;
  }
  const known = await whoIsSignedIn(chat, cookie.tokenIn(request.cookies));
  request.chatPerson = known?.person ?? null;
  request.chatSession = known?.session ?? null;
}

/** Whose session this token of a cookie is. People who left the workspace are nobody, whatever their cookie says. */
export async function whoIsSignedIn(chat: WebChat, token: string | null): Promise<{ person: Person; session: WebSession } | null> {
  const session = token === null ? null : await chat.sessions.find(token);
  const person = session === null ? null : chat.conversations.person(session.personId);
  return session === null || person === null ? null : { person: { ...namedPerson(person), session: session.id }, session };
}

export function hasBearerToken(request: FastifyRequest): boolean {
  return bearerToken(request.headers.authorization) !== null;
}

export function signedIn(request: FastifyRequest): Person {
  if (request.chatPerson === null) throw new ChatError(401, 'not_signed_in', 'Sign in first.');
  return request.chatPerson;
}

function bearerToken(header: string | undefined): string | null {
  return header === undefined ? null : (/^Bearer ([\w.~+/=-]{8,512})$/i.exec(header)?.[1] ?? null);
}
