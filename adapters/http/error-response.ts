import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../src/ports/faults.ts';
import type { Logger } from '../../src/ports/logger.ts';

/** Every error answer has this shape; `requestId` is what an operator searches the log for. */
export type ErrorResponse = { readonly error: { readonly code: string; readonly message: string; readonly requestId: string } };

export function errorResponse(request: FastifyRequest, code: string, message: string): ErrorResponse {
  return { error: { code, message, requestId: request.id } };
}

/** What Fastify and its plugins throw: an error with a status when the caller caused it. */
export type HttpError = Error & { readonly statusCode?: number; readonly code?: string };

/** What went wrong inside stays in the log. Callers learn a code, one sentence and the request's id. */
export function answerError(error: HttpError, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const status = statusOf(error);
  if (status >= 500) logger.error({ requestId: request.id, route: request.routeOptions.url, err: error }, 'request failed');
  const { code, message } = describe(error, status);
  reply
    .status(status)
    .type('application/json; charset=utf-8')
    .send(errorResponse(request, code, message));
}

function statusOf(error: HttpError): number {
  if (error instanceof Fault) return error.isTransient ? 503 : 500;
  const { statusCode } = error;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
}

function describe(error: HttpError, status: number): { code: string; message: string } {
  if (error instanceof Fault && error.isTransient)
    return { code: error.code, message: 'A part that Shipmate needs does not answer. Try again.' };
  if (status >= 500) return { code: 'internal', message: 'Something went wrong on our side. Try again.' };
  // Codes in lower case are ours, with a text meant for people; libraries write theirs in capitals.
  const { code } = error;
  if (code !== undefined && /^[a-z_]+$/.test(code)) return { code, message: error.message };
  switch (status) {
    case 413:
      return { code: 'too_large', message: 'That is too long.' };
    case 415:
      return { code: 'unsupported_media_type', message: 'Send JSON.' };
    case 429:
      return { code: 'rate_limited', message: 'Too many requests. Wait a moment and try again.' };
    default:
      // Fastify's own texts for malformed requests name the problem and nothing of ours.
      return { code: 'invalid_request', message: error.message };
  }
}
