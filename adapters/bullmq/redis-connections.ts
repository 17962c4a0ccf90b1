import { Redis } from 'ioredis';

const reconnectSoon = (attempt: number): number => Math.min(100 * 2 ** Math.min(attempt, 5), 2_000);

/**
 * Every connection that a queue and its worker use, also those that BullMQ duplicates for blocking reads. BullMQ closes
 * its own by talking to the server, and would wait for a server that is away for ever; these can be ended without it.
 */
export class RedisConnections {
  readonly #url: string;
  readonly #clients = new Set<Redis>();

  constructor(url: string) {
    this.#url = url;
  }

  open(options: { readonly maxRetriesPerRequest: number | null; readonly enableOfflineQueue?: boolean }): Redis {
    const client = new Redis(this.#url, { ...options, retryStrategy: reconnectSoon, connectTimeout: 2_000 });
    return this.#keep(client);
  }

  end(): void {
    for (const client of this.#clients) client.disconnect();
    this.#clients.clear();
  }

  #keep(client: Redis): Redis {
    this.#clients.add(client);
    // BullMQ reports lost connections as errors of the queue or the worker.
    client.on('error', () => undefined);
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (override) => this.#keep(duplicate(override));
    return client;
  }
}
