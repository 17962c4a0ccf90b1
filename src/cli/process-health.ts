import type { FastifyInstance } from 'fastify';
import { createHttpServer, type ReadinessCheck } from '../../adapters/http/index.ts';
import type { Settings } from '../config/settings.ts';
import type { Closers } from './closers.ts';
import type { OpenedParts } from './open-parts.ts';

/** The HTTP server of this process with what every process answers: `/metrics`, `/healthz` and `/readyz`. */
export function createProcessServer(
  { database, queue, docker, logger, metrics }: OpenedParts,
  { proxies }: Pick<Settings, 'proxies'>,
  platforms: readonly ReadinessCheck[] = [],
): FastifyInstance {
  return createHttpServer({
    logger,
    trustProxy: proxies.length === 0 ? false : [...proxies],
    metrics: { contentType: metrics.contentType, text: () => metrics.text() },
    readiness: [
      { name: 'postgres', check: () => database.ping() },
      { name: 'queue', check: () => queue.ping() },
      { name: 'engine', check: async () => void (await docker.ping()) },
      // A chat platform that is away is shown; the other ways in work on.
      ...platforms.map((platform) => ({ ...platform, required: false })),
    ],
  });
}

/**
 * For a worker beside a server: nothing but these routes, on PORT. A port that somebody has (a server on the same machine
 * with the same settings) costs the worker its metrics and not its work. Null then.
 */
export async function serveProcessHealth(parts: OpenedParts, settings: Settings, closers: Closers): Promise<string | null> {
  const server = createProcessServer(parts, settings);
  closers.add('HTTP server', () => server.close());
  try {
    const url = await server.listen({ host: settings.host, port: settings.port });
    parts.logger.info({ url }, 'listening');
    return url;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    const { host, port } = settings;
    parts.logger.warn({ host, port }, 'the port is taken: this worker works without /metrics and /healthz; give it a PORT of its own');
    return null;
  }
}
