import type { FastifyPluginAsync } from 'fastify';
import type { ChatIntake } from '../../src/chat/chat-intake.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Memberships } from '../../src/ports/memberships.ts';
import type { Messenger } from '../../src/ports/messenger.ts';
import { type DescribedCommand, discordCommands } from './application-commands.ts';
import type { AskConfirmation } from './confirmation.ts';
import { readFailure } from './failure.ts';
import { createGateway } from './gateway.ts';
import { handleInteraction, type InteractionParts } from './handle-interaction.ts';
import { httpInteractions } from './http-interactions.ts';
import { interactionSchema } from './interaction.ts';
import { freshGateway, keepTrying } from './keep-connected.ts';
import { createMemberships } from './memberships.ts';
import { handleMention, mentionedCommand, writtenSchema } from './mentions.ts';
import { createDiscordMessenger } from './messenger.ts';
import { createPlaceholders } from './placeholder.ts';
import { registerCommands } from './register-commands.ts';
import { createRest } from './rest.ts';
import { readPublicKey } from './verify-signature.ts';

export type DiscordOptions = {
  readonly token: string;
  readonly applicationId: string;
  /** The application's public key in hexadecimal: interactions then come over HTTP. Null: no HTTP way in. */
  readonly publicKey: string | null;
  /** Where Discord's API is instead of the real one; null for the real one. */
  readonly apiUrl: string | null;
  /** Connect to the gateway: needed for mentions, and for interactions without `publicKey`. */
  readonly gateway: boolean;
  readonly intake: ChatIntake;
  readonly commands: readonly DescribedCommand[];
  /** The question of a button from the stored message; null: made from the message that was clicked. */
  readonly confirmation: AskConfirmation | null;
  /** Servers whose roles count as groups; null: all that the bot was added to. */
  readonly trustedGuilds: readonly string[] | null;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The longest that one request to Discord may take. Default 10 s. */
  readonly timeoutMs?: number;
};

export interface Discord {
  readonly messenger: Messenger;
  readonly memberships: Memberships;
  /** `POST /discord/interactions`; null without a public key. */
  readonly plugin: FastifyPluginAsync | null;
  /**
   * Registers the commands and connects. Resolves at once when Discord cannot be reached and goes on trying; rejects when it refuses
   * the token or the intents, which only an operator can mend.
   */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** For readiness: connected to the gateway, or not meant to be. */
  isConnected(): boolean;
}

/** Throws when `publicKey` is none. */
export function createDiscord(options: DiscordOptions): Discord {
  const { token, apiUrl, clock, intake, commands, trustedGuilds } = options;
  const logger = options.logger.child({ platform: 'discord' });
  const rest = createRest({ token, apiUrl, timeoutMs: options.timeoutMs ?? 10_000 });
  const parts: InteractionParts = {
    intake,
    commands,
    trustedGuilds,
    confirmation: options.confirmation,
    placeholders: createPlaceholders(rest, clock, logger),
    clock,
    logger,
  };

  async function answerOnGateway(data: unknown): Promise<void> {
    const parsed = interactionSchema.safeParse(data);
    if (!parsed.success || parsed.data.type === 1) return logger.warn({}, 'an interaction of Discord could not be read');
    const { id, token: interactionToken } = parsed.data;
    const { response, afterwards } = await handleInteraction(parsed.data, parts);
    if (response === null) return;
    try {
      // https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response
      await rest.request('POST', { path: `/interactions/${id}/${interactionToken}/callback`, isOpen: true }, response);
    } catch (error) {
      logger.warn({ failure: readFailure(error) }, 'an interaction of Discord could not be acknowledged');
    }
    await afterwards?.();
  }

  const gateway = freshGateway(() =>
    createGateway({
      token,
      apiUrl,
      logger,
      onInteraction: (data) => void answerOnGateway(data),
      onMessage: (data, botId) => {
        const parsed = writtenSchema.safeParse(data);
        const text = parsed.success ? mentionedCommand(parsed.data, botId) : null;
        if (parsed.success && text !== null) void handleMention(parsed.data, text, { intake, rest, trustedGuilds, logger });
      },
    }),
  );
  const stopping = new AbortController();
  let background: Promise<unknown> = Promise.resolve();

  async function register(): Promise<void> {
    const outcome = await registerCommands(rest, options.applicationId, discordCommands(commands));
    logger.info({ outcome }, 'commands at Discord are as defined');
  }

  return {
    messenger: createDiscordMessenger(rest, clock),
    memberships: createMemberships(rest, trustedGuilds, logger),
    plugin:
      options.publicKey === null
        ? null
        : httpInteractions({
            publicKey: readPublicKey(options.publicKey),
            applicationId: options.applicationId,
            handle: (interaction) => handleInteraction(interaction, parts),
            clock,
            logger,
          }),
    async start() {
      const trying = [keepTrying(register, 'registering commands at Discord', clock, logger, stopping.signal)];
      if (options.gateway) trying.push(keepTrying(gateway.connect, 'connecting to Discord', clock, logger, stopping.signal));
      background = Promise.allSettled(trying);
      await Promise.race([Promise.all(trying), clock.sleep(START_PATIENCE_MS, stopping.signal)]);
      for (const attempt of trying) attempt.catch((err: unknown) => logger.error({ err }, 'Discord is not usable'));
    },
    async stop() {
      stopping.abort();
      await gateway.close();
      await background;
    },
    isConnected: () => !options.gateway || gateway.isConnected(),
  };
}

/** A start waits this long for Discord, and then goes on without it. */
const START_PATIENCE_MS = 5000;
