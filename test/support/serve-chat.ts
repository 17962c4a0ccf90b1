import type { AddressInfo } from 'node:net';
import { createHttpServer } from '../../adapters/http/index.ts';
import { type WebChatOptions, webChat } from '../../adapters/web/index.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { FakeChat } from './fake-chat.ts';

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLogger };

export type ServedChat = { readonly url: string; readonly port: number; close(): Promise<void> };

/** The browser chat on a fake core, on a free port or the given one (to start again where a client reconnects to). */
export async function serveChat(chat: FakeChat, options: Partial<WebChatOptions> & { port?: number } = {}): Promise<ServedChat> {
  const { port = 0, ...web } = options;
  const logger = web.logger ?? silentLogger;
  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => '# nothing measured\n' };
  const server = createHttpServer({ logger, metrics, readiness: [{ name: 'chat', check: async () => {} }] });
  await server.register(
    webChat({
      core: chat,
      conversations: chat,
      mode: { kind: 'development' },
      logger,
      workspaceName: 'Harbor',
      sessions: chat.signedIn.sessions,
      publicUrl: null,
      ...web,
    }),
  );
  await server.listen({ host: '127.0.0.1', port });
  const { port: bound } = server.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${bound}`, port: bound, close: () => server.close() };
}
