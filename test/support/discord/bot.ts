import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDiscord, type DiscordOptions } from '../../../adapters/discord/index.ts';
import { createHttpServer } from '../../../adapters/http/index.ts';
import { commands } from '../../../commands/index.ts';
import { createFakeIntake, type FakeIntake } from './fake-intake.ts';
import { createSigner } from './interactions.ts';
import type { DiscordPeer } from './peer.ts';
import { realClock, recordingLogger } from './scenario.ts';

export type HttpAnswer = { readonly status: number; readonly body: unknown };
export type Bot = Awaited<ReturnType<typeof startBot>>;

/** Shipmate's side of Discord, with everything real but the intake: the adapter, an HTTP server, the client library. */
export async function startBot(peer: DiscordPeer, given: Partial<DiscordOptions> & { readonly intake?: FakeIntake } = {}) {
  const intake = given.intake ?? createFakeIntake();
  return { intake, ...(await serveBot(peer, { ...given, intake })) };
}

/** The same over any intake. */
export async function serveBot(peer: DiscordPeer, given: Partial<DiscordOptions> & Pick<DiscordOptions, 'intake'>) {
  const signer = createSigner();
  const logger = recordingLogger();
  const discord = createDiscord({
    token: peer.state.token,
    applicationId: peer.state.applicationId,
    publicKey: signer.publicKey,
    apiUrl: peer.apiUrl,
    gateway: false,
    commands,
    confirmation: null,
    trustedGuilds: null,
    clock: realClock,
    logger,
    ...given,
  });
  const server = createHttpServer({ logger, metrics: { contentType: 'text/plain', text: async () => '' }, readiness: [] });
  if (discord.plugin !== null) await server.register(discord.plugin);
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as AddressInfo;

  /** Headers with an array are sent once for each. */
  async function post(body: string, headers: Readonly<Record<string, string | string[]>>): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { port, host: '127.0.0.1', method: 'POST', path: '/discord/interactions', headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode ?? 0, body: text === '' ? null : JSON.parse(text) });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  return {
    discord,
    logger,
    signer,
    post,
    /** As Discord posts it: signed, now. */
    async interact(sent: object): Promise<HttpAnswer> {
      const body = JSON.stringify(sent);
      return post(body, signer.headers(body));
    },
    async close(): Promise<void> {
      await discord.stop();
      await server.close();
    },
  };
}
