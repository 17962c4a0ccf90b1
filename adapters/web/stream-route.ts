import type { FastifyInstance } from 'fastify';
import { validated } from './chat-error.ts';
import { signedIn } from './identity.ts';
import { LiveStreams } from './live-streams.ts';
import type { WebChat } from './options.ts';
import { streamQuery } from './request-bodies.ts';

/**
 * `GET /stream`: Server-Sent Events of everything this person may see, written or edited after a position:
 * `Last-Event-ID` when the browser reconnects by itself, `?after=` when the page does.
 */
export async function streamRoute(server: FastifyInstance, chat: WebChat): Promise<void> {
  const { conversations, sessions, platform, logger, now } = chat;
  const streams = new LiveStreams({ conversations, sessions, platform, logger, now }, chat.heartbeatMs);
  await streams.start();
  // Before the server waits for its connections: these would never end by themselves.
  server.addHook('preClose', async () => streams.stop());

  server.get('/stream', async (request, reply) => {
    const person = signedIn(request);
    const asked = lastEventId(request.headers['last-event-id']) ?? validated(streamQuery, request.query).after ?? null;
    const known = await conversations.position();

    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
      'x-request-id': request.id,
      // Asks buffering proxies (nginx reads this) to pass every event on at once.
      'x-accel-buffering': 'no',
    });
    request.raw.socket.setNoDelay(true);
    response.write('retry: 1000\n\n');

    const stream = streams.open(response, { person, session: request.chatSession }, Math.min(asked ?? known, known));
    if (asked !== null && asked > known) stream.reset();
    stream.heartbeat();
    if (stream.session !== null) {
      const timer = setTimeout(() => stream.end(), stream.session.endsAt - now());
      stream.closed.addEventListener('abort', () => clearTimeout(timer));
    }
  });
}

function lastEventId(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
