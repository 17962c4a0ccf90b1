import rateLimit from '@fastify/rate-limit';
import { Ajv } from 'ajv';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { Fault } from '../../src/ports/faults.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { MachineApi, MachineSession } from '../../src/ports/machine-api.ts';
import { hookRoutes } from './hook-routes.ts';
import { sendProblem, sendRefusal } from './problem.ts';
import {
  deploymentParamsSchema,
  deploymentSchema,
  deploymentsQuerySchema,
  deploymentsSchema,
  environmentParamsSchema,
  environmentSchema,
  proposalHeadersSchema,
  proposalSchema,
} from './schemas.ts';

export type ApiOptions = {
  readonly api: MachineApi;
  readonly logger: Logger;
  /** Of one address, whoever asks: what is wrong costs us more than what is right. Default 300. */
  readonly requestsPerMinute?: number;
};

const strict = new Ajv({ allErrors: false });
const forAddresses = new Ajv({ allErrors: false, coerceTypes: true, useDefaults: true });

/** A proposal is a few words. */
const BODY_LIMIT = 8 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    machine: MachineSession | null;
  }
}

/** `/api/v1` for programs that show a token, and `/hooks/deploy/<name>` for those that sign. Cookies count for nothing here. */
export function machineApi(options: ApiOptions): FastifyPluginAsync {
  return async (server) => {
    server.setErrorHandler((error, request, reply) =>
      answerError(error instanceof Error ? error : new Error('no error'), request, reply, options.logger),
    );
    await server.register(rateLimit, {
      global: false,
      max: options.requestsPerMinute ?? 300,
      timeWindow: 60_000,
      errorResponseBuilder: (_request, { ttl }) =>
        Object.assign(new Error(`Try again in ${Math.ceil(ttl / 1000)} s.`), { statusCode: 429 }),
    });
    // Before any hook of the routes: counted by them, whoever is refused for a wrong token would never be counted.
    server.addHook('onRequest', server.rateLimit());
    await server.register(async (api) => apiRoutes(api, options.api), { prefix: '/api/v1' });
    await server.register(async (hooks) => hookRoutes(hooks, options.api), { prefix: '/hooks' });
  };
}

async function apiRoutes(server: FastifyInstance, api: MachineApi): Promise<void> {
  server.decorateRequest('machine', null);
  server.removeContentTypeParser('text/plain');
  // Fastify's own drops members that nobody named; here a typing error must not pass silently. Texts become numbers in addresses only.
  server.setValidatorCompiler<object>(({ schema, httpPart }) => (httpPart === 'querystring' ? forAddresses : strict).compile(schema));
  // Before the body is read: who shows no token in force sends us nothing.
  server.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const [, bearer = ''] = /^Bearer ([\x21-\x7e]{1,200})$/.exec(request.headers.authorization ?? '') ?? [];
    const session = await api.authenticate(bearer, sourceOf(request));
    if (isRefusal(session)) return sendRefusal(request, reply, session);
    request.machine = session;
  });

  server.post<{ Body: { app: string; environment: string; version: string; reason?: string }; Headers: { 'idempotency-key': string } }>(
    '/deployments',
    {
      bodyLimit: BODY_LIMIT,
      schema: { body: proposalSchema, headers: proposalHeadersSchema, response: { 200: deploymentSchema, 202: deploymentSchema } },
    },
    async (request, reply) => {
      const { reason = null, ...target } = request.body;
      const proposed = await sessionOf(request).propose({ ...target, reason }, request.headers['idempotency-key']);
      if (isRefusal(proposed)) return sendRefusal(request, reply, proposed);
      return reply.status(proposed.isRepeated ? 200 : 202).send(proposed.deployment);
    },
  );

  server.get<{ Params: { id: string } }>(
    '/deployments/:id',
    { schema: { params: deploymentParamsSchema, response: { 200: deploymentSchema } } },
    async (request, reply) => answer(request, reply, await sessionOf(request).deployment(request.params.id)),
  );

  server.get<{ Querystring: { app: string; environment?: string; limit: number } }>(
    '/deployments',
    { schema: { querystring: deploymentsQuerySchema, response: { 200: deploymentsSchema } } },
    async (request, reply) => {
      const { app, environment = null, limit } = request.query;
      const found = await sessionOf(request).deployments({ app, environment, limit });
      return isRefusal(found) ? sendRefusal(request, reply, found) : reply.send({ deployments: found });
    },
  );

  server.get<{ Params: { app: string; environment: string } }>(
    '/apps/:app/environments/:environment',
    { schema: { params: environmentParamsSchema, response: { 200: environmentSchema } } },
    async (request, reply) => answer(request, reply, await sessionOf(request).environment(request.params.app, request.params.environment)),
  );
}

function answer(request: FastifyRequest, reply: FastifyReply, found: object | Refusal): FastifyReply {
  return isRefusal(found) ? sendRefusal(request, reply, found) : reply.send(found);
}

function sessionOf({ machine }: FastifyRequest): MachineSession {
  if (machine === null) throw new Error('a route of the API was reached without a token');
  return machine;
}

/** As audit records name where something came from. */
export function sourceOf(request: FastifyRequest): string {
  return `api:${request.ip}`;
}

function answerError(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  if (error instanceof Fault && error.isTransient) {
    return sendProblem(request, reply, 503, error.code, 'A part that Shipmate needs does not answer. Try again.');
  }
  const { statusCode = 500 } = error;
  if (statusCode < 400 || statusCode >= 500) {
    logger.error({ requestId: request.id, route: request.routeOptions.url, err: error }, 'request failed');
    return sendProblem(request, reply, 500, 'internal', 'Something went wrong on our side. Try again.');
  }
  if (statusCode === 413) return sendProblem(request, reply, 413, 'too_large', 'That is too long.');
  if (statusCode === 415) return sendProblem(request, reply, 415, 'unsupported_media_type', 'Send JSON.');
  // Fastify's texts for malformed requests name the place and the rule, never the value.
  return sendProblem(request, reply, statusCode, statusCode === 429 ? 'rate_limited' : 'invalid_request', error.message);
}
