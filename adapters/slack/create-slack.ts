import type { Receiver } from '@slack/bolt';
import type { FastifyPluginAsync } from 'fastify';
import type { ChatIntake } from '../../src/chat/chat-intake.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Memberships } from '../../src/ports/memberships.ts';
import type { Messenger } from '../../src/ports/messenger.ts';
import type { Sealer } from '../../src/ports/sealer.ts';
import { Directory } from './directory.ts';
import { HttpReceiver } from './http-receiver.ts';
import { Inbound } from './inbound.ts';
import { installRoutes } from './install-routes.ts';
import { type InstallationRows, Installations } from './installations.ts';
import { KeptApp, NotInstalledError } from './kept-app.ts';
import { listenForCommands } from './listen-commands.ts';
import { listenForForms } from './listen-forms.ts';
import { listenForPages, type Pages, teamOf } from './listen-pages.ts';
import { SlackMessenger } from './messenger.ts';
import { SingleWorkspace } from './single-workspace.ts';
import { type ClientOptions, clientOptions, SLACK_API_URL } from './slack-client.ts';
import { createSlackLogger } from './slack-logger.ts';
import { SocketConnection } from './socket-connection.ts';

export type SlackOptions = {
  /** How deliveries come in. */
  readonly transport:
    | { readonly kind: 'http'; readonly signingSecret: string }
    /** Default of `pingTimeoutMs`: 5 s. */
    | { readonly kind: 'socket'; readonly appToken: string; readonly pingTimeoutMs?: number };
  readonly access:
    | { readonly kind: 'token'; readonly botToken: string }
    /** Several workspaces, each installed by `/slack/install`. `authorizeUrl` is Slack's own page by default. Needs `publicUrl`. */
    | {
        readonly kind: 'oauth';
        readonly clientId: string;
        readonly clientSecret: string;
        readonly installations: InstallationRows;
        readonly sealer: Sealer;
        readonly authorizeUrl?: string;
      };
  /** Where Slack's Web API is. Default `https://slack.com/api/`. */
  readonly apiUrl?: string;
  /** Of one request to Slack. Default 10 s. */
  readonly timeoutMs?: number;
  readonly publicUrl: string | null;
  readonly intake: ChatIntake;
  readonly pages: Pages;
  readonly logger: Logger;
  readonly clock: Clock;
};

export type Slack = {
  readonly messenger: Messenger;
  readonly memberships: Memberships;
  /** `/slack/events` with HTTP, and `/slack/install` and `/slack/oauth_redirect` with OAuth. */
  readonly plugin: FastifyPluginAsync;
  /** Connects by Socket Mode; resolves when connected or when it is clear that it takes longer. Never rejects because Slack is away. */
  start(): Promise<void>;
  /** Ends the connection and waits for answers that are under way. */
  stop(): Promise<void>;
  /** For readiness: connected by Socket Mode, or not meant to be. */
  isConnected(): boolean;
};

const AUTHORIZE_URL = 'https://slack.com/oauth/v2/authorize';

/** Slack, both ways. Throws when a secret is missing. */
export function createSlack(options: SlackOptions): Slack {
  const { transport, access, publicUrl, intake, pages, clock } = options;
  const logger = options.logger.child({ platform: 'slack' });
  const apiUrl = options.apiUrl ?? SLACK_API_URL;
  const client: ClientOptions = { apiUrl, logger: createSlackLogger(logger), timeoutMs: options.timeoutMs };
  const single = access.kind === 'token' ? new SingleWorkspace(required(access.botToken, 'bot token'), client, { logger, clock }) : null;
  const installations =
    access.kind === 'oauth' ? new Installations({ rows: access.installations, sealer: access.sealer, client, clock }) : null;
  const workspaces = single ?? installations;
  if (workspaces === null) throw new Error('Slack needs a bot token, or a client id and secret');

  const stopping = new AbortController();
  const directory = new Directory({ workspaces, clock, logger });
  const messenger = new SlackMessenger({ workspaces, apiUrl, clock });
  const inbound = new Inbound({ intake, directory, workspaces, messenger, apiUrl, logger, clock });
  const http = transport.kind === 'http' ? new HttpReceiver({ signingSecret: transport.signingSecret, clock, logger }) : null;
  const socket =
    transport.kind === 'socket'
      ? new SocketConnection({
          appToken: required(transport.appToken, 'app token'),
          client,
          clock,
          logger,
          pingTimeoutMs: transport.pingTimeoutMs,
        })
      : null;
  const app = createApp(http ?? socket?.receiver, client, async (team) => (await workspaces.client(team)) !== null);
  listenForCommands(app, inbound);
  listenForForms(app, { inbound, intake, directory, clock });
  listenForPages(app, { inbound, directory, pages, publicUrl });
  if (installations !== null) listenForRemovals(app, installations);

  return {
    messenger,
    memberships: {
      platform: 'slack',
      groupsOf: (account) => directory.groupsOf(account),
      membersOf: async (group) => directory.membersOf(group),
    },
    plugin: async (server) => {
      if (http !== null) await server.register(http.routes);
      if (access.kind === 'oauth' && installations !== null) {
        const { clientId, clientSecret, authorizeUrl = AUTHORIZE_URL } = access;
        const url = required(publicUrl ?? '', 'public address, which an installation comes back to');
        await server.register(
          installRoutes({ clientId, clientSecret, authorizeUrl, publicUrl: url, installations, client, logger: client.logger }),
        );
      }
    },
    async start() {
      const learned = Promise.resolve(single?.learnTeam());
      await Promise.all([learned.then(() => directory.keepFresh(stopping.signal)), socket?.start()]);
    },
    async stop() {
      stopping.abort();
      await socket?.stop();
      await inbound.settle();
    },
    isConnected: () => socket?.isConnected ?? true,
  };
}

function createApp(receiver: Receiver | undefined, client: ClientOptions, isInstalled: (team: string) => Promise<boolean>): KeptApp {
  if (receiver === undefined) throw new Error('Slack needs a way in: HTTP or Socket Mode');
  const app = new KeptApp({
    receiver,
    logger: client.logger,
    clientOptions: clientOptions(client),
    convoStore: false,
    // What bots say is left out by each listener, our own words among it.
    ignoreSelf: false,
    authorize: async ({ teamId }) => {
      if (teamId === undefined || !(await isInstalled(teamId))) throw new NotInstalledError();
      return { teamId };
    },
  });
  app.error(async (error) => {
    throw error;
  });
  return app;
}

/** https://docs.slack.dev/reference/events/app_uninstalled and …/tokens_revoked: nothing of the workspace is kept. */
function listenForRemovals(app: KeptApp, installations: Installations): void {
  app.event('app_uninstalled', async ({ body }) => installations.remove(teamOf(body), body.event_time * 1000));
  app.event('tokens_revoked', async ({ event, body }) => {
    if ((event.tokens.bot ?? []).length > 0) await installations.remove(teamOf(body), body.event_time * 1000);
  });
}

function required(value: string, what: string): string {
  if (value.trim() === '') throw new Error(`the Slack ${what} is missing`);
  return value;
}
