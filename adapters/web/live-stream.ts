import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Conversations } from '../../src/chat/chat-core.ts';
import type { Person } from '../../src/domain/deployment.ts';
import type { WebSession } from '../../src/domain/web-session.ts';
import type { Logger } from '../../src/ports/logger.ts';

export type LiveStreamSource = {
  readonly conversations: Conversations;
  readonly platform: string;
  readonly logger: Logger;
  readonly now: () => number;
};

export type StreamReader = { readonly person: Person; readonly session: WebSession | null };

/**
 * One browser's Server-Sent Events. Every event carries its message's position as its id; the next connection starts
 * after the last one seen. It reads from the store and never from the notification, so a lost wake-up loses nothing.
 */
export class LiveStream {
  readonly person: Person;
  /** What it is read in; null for a token. */
  readonly session: WebSession | null;
  readonly #source: LiveStreamSource;
  readonly #response: ServerResponse;
  readonly #closed = new AbortController();
  #position: number;
  #apps: string;
  #isDirty = false;
  #isReading = false;

  constructor(source: LiveStreamSource, response: ServerResponse, reader: StreamReader, position: number) {
    this.#source = source;
    this.#response = response;
    this.person = reader.person;
    this.session = reader.session;
    this.#position = position;
    this.#apps = this.#readable();
    response.on('close', () => this.#closed.abort());
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Something changed: sends what is new. Calls while it reads are folded into one more reading. */
  wake(): void {
    this.#isDirty = true;
    if (!this.#isReading) void this.#send();
  }

  /** Also tells a browser that holds a dead connection, which no comment line could. Whoever may read more or less by now loads everything anew. */
  heartbeat(): void {
    const apps = this.#readable();
    if (apps !== this.#apps) this.reset();
    this.#apps = apps;
    this.#write(`event: heartbeat\ndata: ${this.#source.now()}\n\n`);
    this.wake();
  }

  /** What the client has is not what it should have: it loads everything anew. */
  reset(): void {
    this.#write('event: reset\ndata: {}\n\n');
  }

  end(): void {
    this.#closed.abort();
    this.#response.end();
  }

  async #send(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#isDirty && !this.closed.aborted) {
        this.#isDirty = false;
        // The store answers in batches; an empty one is the end.
        for (let batch = await this.#read(); batch.length > 0 && !this.closed.aborted; batch = await this.#read()) {
          for (const message of batch) {
            const isFlowing = this.#write(`id: ${message.position}\nevent: message\ndata: ${JSON.stringify(message)}\n\n`);
            this.#position = message.position;
            if (!isFlowing) await once(this.#response, 'drain', { signal: this.closed });
          }
        }
      }
    } catch (error) {
      // The browser comes back by itself and goes on after the last position it saw.
      if (!this.closed.aborted) this.#source.logger.warn({ platform: this.#source.platform, err: error }, 'live stream ended');
      this.end();
    } finally {
      this.#isReading = false;
    }
  }

  async #read() {
    const changed = await this.#source.conversations.changedSince(this.#source.platform, this.person, this.#position);
    return changed.filter((message) => message.position > this.#position).sort((a, b) => a.position - b.position);
  }

  #readable(): string {
    return this.#source.conversations.readableApps(this.person).join(' ');
  }

  #write(text: string): boolean {
    return this.closed.aborted ? true : this.#response.write(text);
  }
}
