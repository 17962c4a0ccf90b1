import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import pg from 'pg';
import type { Topic } from '../../src/ports/database.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { asFault } from './connection-errors.ts';

type OnNotify = (id: string) => void;

export function channelOf(topic: Topic): string {
  return `shipmate_${topic}`;
}

/**
 * One dedicated connection for everything a process listens to. When it is lost it comes back by itself and tells every
 * listener `'*'`: notifications sent in between are gone, so anything may have changed.
 */
export class Notifications {
  readonly #connectionString: string;
  readonly #logger: Logger;
  readonly #listeners = new Map<Topic, Set<OnNotify>>();
  readonly #closing = new AbortController();
  #client: pg.Client | null = null;
  #connecting: Promise<void> | null = null;

  constructor(connectionString: string, logger: Logger) {
    this.#connectionString = connectionString;
    this.#logger = logger;
  }

  /** Resolves once the server listens: what is notified from then on arrives. */
  async listen(topic: Topic, onNotify: OnNotify): Promise<{ stop(): Promise<void> }> {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    listeners.add(onNotify);
    try {
      await this.#ensureConnected();
      await this.#client?.query(`LISTEN ${channelOf(topic)}`);
    } catch (error) {
      listeners.delete(onNotify);
      throw asFault(error);
    }
    return {
      stop: async () => {
        listeners.delete(onNotify);
      },
    };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#listeners.clear();
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #ensureConnected(): Promise<void> {
    if (this.#client !== null) return;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    await this.#connecting;
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#connectionString,
      connectionTimeoutMillis: 5_000,
      // A connection that carries only notifications says nothing for hours; probes find out that the other side is gone.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      application_name: 'shipmate listener',
    });
    client.on('error', (error) => this.#logger.warn({ err: error }, 'the notification connection was lost'));
    client.on('notification', ({ channel, payload }) => this.#deliver(channel, payload ?? '*'));
    await client.connect();
    client.on('end', () => this.#onLost(client));
    for (const topic of this.#listeners.keys()) await client.query(`LISTEN ${channelOf(topic)}`);
    if (this.#closing.signal.aborted) {
      await client.end();
      return;
    }
    this.#client = client;
  }

  #onLost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    const again = retry(handleAll, {
      maxAttempts: Number.POSITIVE_INFINITY,
      backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 5_000 }),
    });
    again
      .execute(() => this.#ensureConnected(), this.#closing.signal)
      .then(() => this.#deliverToAll())
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#logger.error({ err: error }, 'the notification connection stays lost');
      });
  }

  #deliverToAll(): void {
    for (const topic of this.#listeners.keys()) this.#deliver(channelOf(topic), '*');
  }

  #deliver(channel: string, id: string): void {
    for (const [topic, listeners] of this.#listeners) {
      if (channelOf(topic) !== channel) continue;
      for (const listener of listeners) {
        try {
          listener(id);
        } catch (error) {
          this.#logger.error({ err: error, topic, id }, 'a listener failed');
        }
      }
    }
  }
}
