import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal, RefusalCode } from '../../src/domain/refusal.ts';

/** RFC 9457 (https://www.rfc-editor.org/rfc/rfc9457): what a program can act on (`code`) and a person can read (`detail`). */
export type Problem = {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly details?: readonly string[];
};

/** Refusals that are not about the state of things (409). */
const STATUS: Partial<Readonly<Record<RefusalCode, number>>> = {
  unknown_token: 401,
  not_allowed: 403,
  unknown_app: 404,
  unknown_environment: 404,
  unknown_deployment: 404,
  unknown_version: 404,
  rate_limited: 429,
  invalid_arguments: 422,
  invalid_definition: 422,
  image_not_found: 422,
  reason_required: 422,
  unavailable: 503,
  registry_unavailable: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  details: readonly string[] = [],
): FastifyReply {
  const problem: Problem = {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    code,
    requestId: request.id,
    ...(details.length === 0 ? {} : { details }),
  };
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  // Serialized here: an answer's schema is for answers that went well.
  return reply.status(status).type('application/problem+json; charset=utf-8').serializer(String).send(JSON.stringify(problem));
}

export function sendRefusal(request: FastifyRequest, reply: FastifyReply, { refused, message, hint, details }: Refusal): FastifyReply {
  const status = STATUS[refused] ?? 409;
  if (status === 429) reply.header('retry-after', '60');
  return sendProblem(request, reply, status, refused, [message, hint ?? ''].join(' ').trim(), details);
}
