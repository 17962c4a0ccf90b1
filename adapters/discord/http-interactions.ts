import type { KeyObject } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Handled } from './handle-interaction.ts';
import { type Interaction, interactionSchema } from './interaction.ts';
import { isSignedByDiscord } from './verify-signature.ts';

type HttpOptions = {
  readonly publicKey: KeyObject;
  readonly applicationId: string;
  readonly handle: (interaction: Interaction) => Promise<Handled>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Bytes; an interaction carries the message that was clicked. Larger bodies are refused before anything is computed over them. */
const BODY_LIMIT = 256 * 1024;

/** Interactions over HTTP instead of the gateway. https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint */
export function httpInteractions(options: HttpOptions): FastifyPluginAsync {
  return async (server) => {
    // The signature is over the bytes as they came: nothing may read or change them before.
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    server.post('/discord/interactions', { bodyLimit: BODY_LIMIT }, async (request, reply) => {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      if (!isSignedByDiscord({ rawHeaders: request.raw.rawHeaders, body }, options.publicKey, options.clock.now())) {
        return reply.status(401).send({ error: { code: 'bad_signature', message: 'This request is not signed by Discord.' } });
      }
      const interaction = readInteraction(body, options.applicationId);
      if (interaction === null) {
        options.logger.warn({ requestId: request.id }, 'a signed interaction of Discord could not be read');
        return reply.status(400).send({ error: { code: 'unreadable', message: 'This interaction cannot be read.' } });
      }
      const { response, afterwards } = await options.handle(interaction);
      // Only once the response has left: what follows takes its place.
      if (afterwards !== null) reply.raw.once('close', () => void afterwards());
      // 202 without a body: answered elsewhere (interactions/receiving-and-responding#interaction-callback).
      return response === null ? reply.status(202).send() : reply.send(response);
    });
  };
}

function readInteraction(body: Uint8Array, applicationId: string): Interaction | null {
  try {
    const parsed = interactionSchema.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
    if (!parsed.success) return null;
    return parsed.data.type === 1 || parsed.data.application_id === applicationId ? parsed.data : null;
  } catch {
    return null;
  }
}
