import type { FastifyRequest } from 'fastify';
import type { Person } from '../../src/domain/deployment.ts';
import { ChatError } from './chat-error.ts';
import type { WebChat } from './options.ts';
import type { SessionCookie } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, by cookie or bearer token; null when nobody is signed in. */
    chatPerson: Person | null;
    /** When this proof of identity ends; null for tokens, which are checked on every request. */
    chatSessionEndsAt: number | null;
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
  const session = cookie.read(request.cookies[cookie.name], chat.now());
  if (session === null) return;
  // People who left the workspace are nobody, whatever their cookie says.
  request.chatPerson = chat.conversations.person(session.personId);
  request.chatSessionEndsAt = session.endsAt;
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
