import type { FastifyInstance } from 'fastify';
import type { ClientAssets } from './client-assets.ts';
import { renderPage } from './page.ts';

/** The page at `/`, `/sign-in` and `/deployments/<id>` (which opens the card's thread), and what it loads. */
export function pageRoutes(server: FastifyInstance, assets: ClientAssets): void {
  const page = renderPage(assets);

  for (const path of ['/', '/sign-in', '/deployments/:id']) {
    // `/sign-in#code=…` only shows a button: link previews fetch pages, and must not use up the code.
    server.get(path, async (_request, reply) =>
      reply
        .header('content-security-policy', page.contentSecurityPolicy)
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(page.html),
    );
  }

  server.get<{ Params: { version: string; '*': string } }>('/assets/:version/*', async (request, reply) => {
    const asset = assets.files.get(request.params['*']);
    // A page from before an update asks for its old version once; the module graph must not mix two.
    if (asset === undefined || request.params.version !== assets.version) return reply.callNotFound();
    reply.header('etag', asset.etag).header('cache-control', 'public, max-age=31536000, immutable');
    if (request.headers['if-none-match'] === asset.etag) return reply.status(304).send();
    return reply.type(asset.contentType).send(asset.body);
  });
}
