import { createDiscord } from '../../adapters/discord/index.ts';
import type { ReadinessCheck } from '../../adapters/http/index.ts';
import { createSlack, type InstallationRows } from '../../adapters/slack/index.ts';
import { actions } from '../../commands/actions/index.ts';
import { commands } from '../../commands/index.ts';
import { accountsOnPlatform, findPerson } from '../application/find-person.ts';
import { tendMemberships } from '../application/memberships/tend-memberships.ts';
import type { UseCases } from '../application/use-cases.ts';
import type { ChatCore } from '../chat/chat-core.ts';
import type { Account, ChatIntake } from '../chat/chat-intake.ts';
import { confirmOf } from '../chat/confirm-of.ts';
import { createPages } from '../chat-core/create-pages.ts';
import { startDelivery } from '../chat-core/delivery/start-delivery.ts';
import { startIntake } from '../chat-core/intake/start-intake.ts';
import { muteChannel } from '../chat-core/mute-channel.ts';
import type { DiscordSettings, SlackSettings } from '../config/chat-platforms.ts';
import type { Settings } from '../config/settings.ts';
import type { Place } from '../domain/place.ts';
import type { Memberships } from '../ports/memberships.ts';
import type { Messenger } from '../ports/messenger.ts';
import type { Closers } from './closers.ts';
import type { OpenedParts } from './open-parts.ts';

type Platform = {
  readonly name: string;
  readonly messenger: Messenger;
  readonly memberships: Memberships;
  readonly plugin: ReturnType<typeof createSlack>['plugin'] | null;
  /** Does it hear what people say there? */
  isConnected(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export type ConnectedPlatforms = {
  readonly readiness: readonly ReadinessCheck[];
  /** To be mounted before the server listens. */
  readonly plugins: readonly NonNullable<Platform['plugin']>[];
  /** Starts hearing and delivering; after the server listens. */
  start(): Promise<void>;
};

/** Slack and Discord, those that are configured: one intake and one delivery loop for both. */
export function connectPlatforms(
  parts: OpenedParts,
  { core, useCases }: { core: ChatCore; useCases: UseCases },
  settings: Settings,
  closers: Closers,
): ConnectedPlatforms {
  if (settings.slack === null && settings.discord === null) return { readiness: [], plugins: [], start: () => Promise.resolve() };
  const whoIs = (platform: string, account: Account) => findPerson(parts, platform, account);
  const started = startIntake({ ...parts, core, commands, actions, findPerson: whoIs });
  closers.add('intake', () => started.stop());
  const pages = createPages({ ...parts, useCases });
  const platforms = [
    ...(settings.slack === null ? [] : [slackOf(settings.slack)]),
    ...(settings.discord === null ? [] : [discordOf(settings.discord, started.intake)]),
  ];
  return {
    readiness: platforms.map(({ name, isConnected }) => ({ name: name.toLowerCase(), check: () => connected(name, isConnected()) })),
    plugins: platforms.flatMap(({ plugin }) => plugin ?? []),
    async start() {
      const delivery = await startDelivery({
        ...parts,
        messengers: platforms.map(({ messenger }) => messenger),
        accountOf,
        directChannelOf: async (platform, account) => directChannelOf(platform, account),
        onChannelGone: (platform, channel, reason) =>
          muteChannel({ ...parts, directChannelOf: personalChannelOf }, { platform, channel }, reason),
      });
      closers.add('delivery', () => delivery.stop());
      for (const { name, start, stop } of platforms) {
        closers.add(name, stop);
        // The other ways in must not end with this one: /readyz and the log say that it is away.
        await start().catch((error: unknown) => parts.logger.error({ error, platform: name }, 'this chat platform is not connected'));
      }
      const stopping = new AbortController();
      const tending = tendMemberships(
        parts,
        platforms.map(({ memberships }) => memberships),
        stopping.signal,
      );
      closers.add('memberships', async () => {
        stopping.abort();
        await tending;
      });
    },
  };

  function slackOf({ transport, access, apiUrl }: SlackSettings): Platform {
    const slack = createSlack({
      ...parts,
      transport:
        transport.kind === 'http'
          ? { kind: 'http', signingSecret: transport.signingSecret.reveal() }
          : { kind: 'socket', appToken: transport.appToken.reveal() },
      access:
        access.kind === 'token'
          ? { kind: 'token', botToken: access.botToken.reveal() }
          : {
              kind: 'oauth',
              clientId: access.clientId,
              clientSecret: access.clientSecret.reveal(),
              installations: installationsOf(parts, 'slack'),
              sealer: parts.sealer,
            },
      ...(apiUrl === null ? {} : { apiUrl }),
      publicUrl: settings.publicUrl,
      intake: started.intake,
      pages: {
        home: async (account) => pages.home(await whoIs('slack', account)),
        deployment: async (id, account) => pages.deployment(id, await whoIs('slack', account)),
      },
    });
    return { ...slack, name: 'Slack' };
  }

  function discordOf({ token, applicationId, publicKey, apiUrl, guilds }: DiscordSettings, intake: ChatIntake): Platform {
    const discord = createDiscord({
      ...parts,
      token: token.reveal(),
      applicationId,
      publicKey,
      apiUrl,
      gateway: publicKey === null,
      intake,
      commands,
      confirmation: (asked) => confirmationOf(asked),
      trustedGuilds: guilds,
    });
    return { ...discord, name: 'Discord' };
  }

  /** Slack's accounts belong to one workspace each; a person may have several. */
  async function accountOf(platform: string, personId: string, workspace: string): Promise<string | null> {
    const accounts = await accountsOnPlatform(parts, platform, personId);
    return accounts.find((account) => platform !== 'slack' || account.startsWith(`${workspace}/`)) ?? null;
  }

  async function personalChannelOf({ platform, channel }: Place, personId: string): Promise<string | null> {
    const workspace = platforms
      .find(({ messenger }) => messenger.platform === platform)
      ?.messenger.capabilities.budget.workspaceOf(channel);
    const account = workspace === undefined ? null : await accountOf(platform, personId, workspace);
    return account === null ? null : directChannelOf(platform, account);
  }

  /** What a button asks, from the message as it should stand now. */
  async function confirmationOf({ remoteId, action }: { remoteId: string; action: string }) {
    const message = await parts.database.stores.deliveries.messageAt('discord', remoteId);
    return message === null ? null : confirmOf(message.content, action);
  }
}

async function connected(name: string, isConnected: boolean): Promise<void> {
  if (!isConnected) throw new Error(`${name} is not connected`);
}

function installationsOf({ database, clock }: OpenedParts, platform: string): InstallationRows {
  const { installations } = database.stores;
  return {
    save: (workspace, sealed) => installations.save(platform, workspace, sealed, clock.now()),
    find: async (workspace) => (await installations.find(platform, workspace))?.sealed ?? null,
    remove: async (workspace) => void (await installations.remove(platform, workspace)),
    list: async () => (await installations.list(platform)).map(({ workspace }) => workspace),
  };
}

/** Slack takes an account's id where it takes a channel's; Discord's adapter opens the conversation for `@<account>`. */
function directChannelOf(platform: string, account: string): string {
  return platform === 'discord' ? `@${account}` : account;
}
