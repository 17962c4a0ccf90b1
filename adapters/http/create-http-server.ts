import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from '../../src/ports/logger.ts';
import { answerError, errorResponse } from './error-response.ts';
import { createReadiness, type ReadinessCheck } from './readiness.ts';
import { addSecurityHeaders } from './security-headers.ts';

export type HttpServerOptions = {
  readonly logger: Logger;
  /** The Prometheus text and its content type. */
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Every dependency that `/readyz` names. */
  readonly readiness: readonly ReadinessCheck[];
  /** True, or the addresses of the proxies whose `X-Forwarded-*` headers count. Default false: nobody's. */
  readonly trustProxy?: boolean | string | string[];
  /** Bytes of a request body, unless a route says otherwise. Default 64 KiB. */
  readonly bodyLimit?: number;
};

/**
 * The one HTTP server of the process: health, readiness, metrics, headers, limits and error answers. Adapters register
 * their routes on it as Fastify plugins; the caller listens and closes.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { logger, metrics } = options;
  const server = fastify({
    logger: false,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: options.bodyLimit ?? 64 * 1024,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // A slow sender holds a socket no longer than this; live streams are answers and not affected.
    requestTimeout: 30_000,
    // Closing ends keep-alive connections too, so that a restart does not wait for idle browsers.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });

  server.addHook('onSend', async (request, reply) => addSecurityHeaders(request, reply));
  server.addHook('onResponse', async (request, reply) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      // The route and not the address: addresses can carry one-time codes.
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    };
    logger.debug(fields, 'request answered');
  });
  server.setErrorHandler((error, request, reply) => {
    answerError(error instanceof Error ? error : new Error('a route threw what is no error'), request, reply, logger);
  });
  server.setNotFoundHandler((request, reply) => {
    reply.status(404).send(errorResponse(request, 'not_found', 'There is nothing at this address.'));
  });

  const readReadiness = createReadiness(options.readiness, logger);
  server.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const report = await readReadiness();
    return reply
      .status(report.status === 'ready' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report);
  });
  server.get('/metrics', async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text()),
  );
  return server;
}
