import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineApi } from '../../adapters/api/index.ts';
import { webChat } from '../../adapters/web/index.ts';
import { actions } from '../../commands/actions/index.ts';
import { commands } from '../../commands/index.ts';
import { createUseCases } from '../application/create-use-cases.ts';
import { createMachineApi } from '../application/machines/create-machine-api.ts';
import { createFactorPages } from '../application/second-factor/factor-pages.ts';
import { createWebSessions } from '../application/sessions/create-web-sessions.ts';
import type { UseCases } from '../application/use-cases.ts';
import type { ChatCore, Conversations } from '../chat/chat-core.ts';
import { createChatCore } from '../chat-core/create-chat-core.ts';
import { createConversations } from '../chat-core/create-conversations.ts';
import { createDeploymentProjection } from '../chat-core/project-deployment.ts';
import { startProjector } from '../chat-core/start-projector.ts';
import { nudgeApprovers } from '../chat-core/tell-approvers.ts';
import type { Settings } from '../config/settings.ts';
import type { Closers } from './closers.ts';
import { connectPlatforms } from './connect-platforms.ts';
import { encryptionKeys } from './encryption-keys.ts';
import { hookKeys, refuseHooksWithoutKeys } from './hook-keys.ts';
import { LocalAccess } from './local-access.ts';
import type { OpenedParts } from './open-parts.ts';
import { createProcessServer } from './process-health.ts';
import { redeemSignIn } from './redeem-sign-in.ts';

export type RunningServer = {
  /** Where it answers on this machine. */
  readonly url: string;
  readonly core: ChatCore;
  readonly conversations: Conversations;
  readonly useCases: UseCases;
};

/** Chat, API and web on the one HTTP port, and the projection of deployments into their cards. */
export async function runServer(parts: OpenedParts, settings: Settings, closers: Closers): Promise<RunningServer> {
  const { database, clock, logger, metrics, workspace } = parts;
  refuseHooksWithoutKeys(workspace());
  const useCases = createUseCases(parts);
  const projection = createDeploymentProjection({
    database,
    readDeployment: useCases.readDeployment,
    workspace,
    clock,
  });
  const core = createChatCore({ ...parts, commands, actions, useCases, projection });
  const conversations = createConversations({ database, workspace, clock });
  const projector = await startProjector({ database, projection, clock, logger, metrics });
  closers.add('projector', () => projector.stop());
  const stop = new AbortController();
  const nudging = nudgeApprovers({ ...parts, readDeployment: useCases.readDeployment }, stop.signal);
  closers.add('reminders', async () => {
    stop.abort();
    await nudging;
  });

  const access = new LocalAccess(encryptionKeys(settings)[0]);
  const platforms = connectPlatforms(parts, { core, useCases }, settings, closers);
  const server = createProcessServer(parts, settings, platforms.readiness);
  await server.register(
    webChat({
      core,
      conversations,
      logger,
      factorPages: createFactorPages(parts),
      workspaceName: workspace().name,
      sessions: createWebSessions(parts, access.sessionSecret),
      publicUrl: settings.publicUrl,
      mode: workspace().development
        ? { kind: 'development' }
        : { kind: 'production', redeemSignIn: (code) => redeemSignIn(parts, access, code) },
      authenticate: (token) => {
        const id = access.personOf(token);
        return Promise.resolve(id === null ? null : conversations.person(id));
      },
    }),
  );
  await server.register(machineApi({ api: createMachineApi(parts, useCases, hookKeys(logger)), logger }));
  for (const plugin of platforms.plugins) await server.register(plugin);
  closers.add('HTTP server', () => server.close());
  const url = await server.listen({ host: settings.host, port: settings.port });
  await platforms.start();
  publishAddress(settings, url, closers);
  logger.info({ url }, 'listening');
  return { url, core, conversations, useCases };
}

/** The terminal finds the server by this file. */
function publishAddress(settings: Settings, url: string, closers: Closers): void {
  const file = join(settings.dataFolder, 'server.json');
  mkdirSync(settings.dataFolder, { recursive: true });
  const text = `${JSON.stringify({ url })}\n`;
  writeFileSync(file, text, { mode: 0o600 });
  closers.add('server address', () => {
    // Another server of this folder may have put its own there meanwhile.
    if (existsSync(file) && readFileSync(file, 'utf8') === text) rmSync(file, { force: true });
  });
}
