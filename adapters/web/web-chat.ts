import cookiePlugin from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { ChatError } from './chat-error.ts';
import { loadClientAssets } from './client-assets.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { factorRoutes } from './factor-pages/factor-routes.ts';
import { hasBearerToken, identify } from './identity.ts';
import { type WebChat, type WebChatOptions, withDefaults } from './options.ts';
import { pageRoutes } from './page-routes.ts';
import { isLocalHost, isSameOrigin } from './same-origin.ts';
import { sendRoutes } from './send-routes.ts';
import { createSessionCookie } from './session-cookie.ts';
import { sessionRoutes } from './session-routes.ts';
import { streamRoute } from './stream-route.ts';

/**
 * The built-in chat platform as a Fastify plugin: the page at `/` and its API below `/api/v1/chat`. It keeps nothing
 * itself: the core stores messages, the browser shows what `conversations` returns.
 */
export function webChat(options: WebChatOptions): FastifyPluginAsync {
  const chat = withDefaults(options);
  return async (server) => {
    server.addHook('onRequest', async (request) => {
      if (chat.mode.kind === 'development' && !isLocalHost(request.host, chat.publicUrl)) {
        throw new ChatError(
          403,
          'foreign_host',
          'Development mode answers on local addresses only. Set SHIPMATE_URL to this address to allow it.',
        );
      }
    });
    const assets = await loadClientAssets();
    pageRoutes(server, assets);
    const pages = chat.factorPages;
    if (pages !== undefined) await server.register(async (own) => factorRoutes(own, { chat, pages, assets }));
    await server.register(async (api) => chatApi(api, chat), { prefix: '/api/v1/chat' });
  };
}

async function chatApi(server: FastifyInstance, chat: WebChat): Promise<void> {
  const cookie = createSessionCookie(chat.publicUrl?.startsWith('https:') ?? false);
  server.decorateRequest('chatPerson', null);
  server.decorateRequest('chatSession', null);
  await server.register(cookiePlugin);

  server.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const fetchSite = request.headers['sec-fetch-site'];
    const origin = {
      method: request.method,
      host: request.host,
      origin: request.headers.origin,
      fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
    };
    // A token is no ambient authority: no foreign page can make a browser send it.
    if (!hasBearerToken(request) && !isSameOrigin(origin)) {
      throw new ChatError(403, 'foreign_origin', 'This request did not come from the chat page.');
    }
    await identify(request, chat, cookie);
  });
  // After the person is known, so that it counts people and not the address of a shared proxy.
  await server.register(rateLimit, {
    global: true,
    hook: 'preHandler',
    max: chat.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.chatPerson?.id ?? request.ip,
    errorResponseBuilder: (_request, context) =>
      new ChatError(429, 'rate_limited', `That was too fast. Try again in ${Math.ceil(context.ttl / 1000)} s.`),
  });

  sessionRoutes(server, chat, cookie);
  conversationRoutes(server, chat);
  sendRoutes(server, chat);
  await streamRoute(server, chat);
}
