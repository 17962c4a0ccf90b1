import { SocketModeReceiver } from '@slack/bolt';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { type ClientOptions, clientOptions } from './slack-client.ts';

type ConnectionOptions = {
  readonly appToken: string;
  readonly client: ClientOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the other side may leave a ping unanswered. Default 5 s. */
  readonly pingTimeoutMs?: number | undefined;
};

/** Slack says hello at once; a connection that stays silent is none. */
const HELLO_MS = 20_000;
const BACKOFF_MS = [0, 1000, 2000, 5000, 10_000, 30_000] as const;

/**
 * Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode): a connection that is kept up. The client's own reconnecting is off: when
 * `apps.connections.open` fails while it reconnects, it ends in an unhandled rejection and never tries again.
 */
export class SocketConnection {
  readonly receiver: SocketModeReceiver;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #isConnected = false;

  constructor({ appToken, client, clock, logger, pingTimeoutMs }: ConnectionOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.receiver = new SocketModeReceiver({
      appToken,
      logger: client.logger,
      autoReconnectEnabled: false,
      clientPingTimeout: pingTimeoutMs ?? 5000,
      installerOptions: { clientOptions: clientOptions(client) },
      // What failed is not acknowledged, so Slack sends it again.
      processEventErrorHandler: async ({ error }) => {
        logger.error({ reason: error.name }, 'a delivery of Slack failed');
        return false;
      },
    });
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Resolves with the first connection, or when it is clear that it takes longer; goes on trying either way. */
  async start(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#running = this.#keepUp(first.resolve);
    await first.promise;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#disconnect();
    await this.#running;
  }

  async #keepUp(onFirst: () => void): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      const ended = this.#untilEnded();
      this.#isConnected = await this.#connect();
      onFirst();
      if (this.#isConnected) {
        failures = 0;
        this.#logger.info({}, 'connected to Slack by Socket Mode');
        await ended;
        this.#isConnected = false;
      } else failures += 1;
      if (!signal.aborted) await this.#clock.sleep(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0, signal);
    }
  }

  async #connect(): Promise<boolean> {
    const giveUp = new AbortController();
    const started = this.receiver.client.start().then(
      () => true,
      () => false,
    );
    const late = this.#clock.sleep(HELLO_MS, giveUp.signal).then(() => false);
    const isConnected = await Promise.race([started, late]);
    giveUp.abort();
    if (isConnected && !this.#stop.signal.aborted) return true;
    if (!isConnected) this.#logger.warn({}, 'no Socket Mode connection to Slack');
    await this.#disconnect();
    return false;
  }

  #untilEnded(): Promise<void> {
    return new Promise((resolve) => this.receiver.client.once('disconnected', () => resolve()));
  }

  async #disconnect(): Promise<void> {
    await this.receiver.client.disconnect();
  }
}
