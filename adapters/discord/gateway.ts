import { Client, Events, GatewayDispatchEvents, GatewayIntentBits, Options } from 'discord.js';
import type { Logger } from '../../src/ports/logger.ts';
import { withoutVersion } from './rest.ts';

export type GatewayOptions = {
  readonly token: string;
  readonly apiUrl: string | null;
  readonly logger: Logger;
  readonly onInteraction: (data: unknown) => void;
  readonly onMessage: (data: unknown, botId: string) => void;
};

export interface Gateway {
  /** Connects, and resolves when it is. Rejects when Discord will never take this token or these intents, and when it cannot be reached. */
  connect(): Promise<void>;
  isConnected(): boolean;
  close(): Promise<void>;
}

/**
 * The library's client keeps the connection: heartbeats, resuming, reconnecting. We read the events as they came, which are the same
 * objects that HTTP interactions carry, so that one handler serves both. Nothing is asked of the caches, so little is kept in them.
 * Intents (https://docs.discord.com/developers/events/gateway#gateway-intents): messages in servers and in direct messages, to hear mentions. Neither
 * is privileged, for a message that mentions the bot comes with its text without Message Content.
 */
export function createGateway({ token, apiUrl, logger, onInteraction, onMessage }: GatewayOptions): Gateway {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    makeCache: Options.cacheWithLimits(NO_CACHES),
    ...(apiUrl === null ? {} : { rest: { api: withoutVersion(apiUrl) } }),
  });
  let botId: string | null = null;
  client.ws.on(GatewayDispatchEvents.Ready, (data: { user?: { id?: unknown } }) => {
    botId = typeof data.user?.id === 'string' ? data.user.id : null;
  });
  client.ws.on(GatewayDispatchEvents.InteractionCreate, onInteraction);
  client.ws.on(GatewayDispatchEvents.MessageCreate, (data: unknown) => {
    if (botId !== null) onMessage(data, botId);
  });
  client.on(Events.Error, (err) => logger.warn({ err }, 'the Discord client reported an error'));
  client.on(Events.ShardError, (err) => logger.warn({ err }, 'the connection to Discord failed; it is opened again'));
  client.on(Events.ShardReconnecting, () => logger.info({}, 'the connection to Discord is opened again'));
  client.on(Events.ShardResume, (_shard, replayed) => logger.info({ replayed }, 'the connection to Discord goes on where it broke'));
  client.on(Events.ShardReady, () => logger.info({}, 'connected to Discord'));
  client.on(Events.ShardDisconnect, ({ code }) =>
    logger.error({ code }, 'Discord closed the connection for good: check the token and the intents in the developer portal, then restart'),
  );
  return {
    connect: async () => void (await client.login(token)),
    isConnected: () => client.isReady() && client.ws.shards.every((shard) => shard.status === READY),
    close: async () => client.destroy(),
  };
}

/** Everything that the library allows to be left out; it needs servers, channels and roles itself. */
const NO_CACHES = {
  MessageManager: 0,
  DMMessageManager: 0,
  GuildMessageManager: 0,
  GuildMemberManager: 0,
  ThreadManager: 0,
  ThreadMemberManager: 0,
  UserManager: 0,
  PresenceManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  GuildEmojiManager: 0,
  GuildStickerManager: 0,
  GuildScheduledEventManager: 0,
  VoiceStateManager: 0,
};

/** `Status.Ready` of the library. */
const READY = 0;
