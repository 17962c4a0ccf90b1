import type { ServerResponse } from 'node:http';
import type { Person } from '../../src/domain/deployment.ts';
import { LiveStream, type LiveStreamSource } from './live-stream.ts';

/** More tabs than this of one person end the oldest: browsers reconnect, forgotten ones stay away. */
const STREAMS_PER_PERSON = 12;

/** All open live streams, woken by one subscription. */
export class LiveStreams {
  readonly #source: LiveStreamSource;
  readonly #open = new Set<LiveStream>();
  readonly #heartbeatMs: number;
  #timer: NodeJS.Timeout | null = null;
  #subscription: { stop(): Promise<void> } | null = null;

  constructor(source: LiveStreamSource, heartbeatMs: number) {
    this.#source = source;
    this.#heartbeatMs = heartbeatMs;
  }

  async start(): Promise<void> {
    this.#subscription = await this.#source.conversations.onChange(() => {
      for (const stream of this.#open) stream.wake();
    });
    this.#timer = setInterval(() => this.#beat(), this.#heartbeatMs);
    this.#timer.unref();
  }

  open(response: ServerResponse, person: Person, position: number): LiveStream {
    const mine = [...this.#open].filter((stream) => stream.person.id === person.id);
    if (mine.length >= STREAMS_PER_PERSON) mine[0]?.end();
    const stream = new LiveStream(this.#source, response, person, position);
    this.#open.add(stream);
    stream.closed.addEventListener('abort', () => this.#open.delete(stream));
    return stream;
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const stream of this.#open) stream.end();
    await this.#subscription?.stop();
    this.#subscription = null;
  }

  #beat(): void {
    for (const stream of this.#open) {
      // Whoever left the workspace stops reading at once, not at the end of the session.
      if (this.#source.conversations.person(stream.person.id) === null) stream.end();
      else stream.heartbeat();
    }
  }
}
