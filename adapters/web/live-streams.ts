import type { ServerResponse } from 'node:http';
import type { WebSessions } from '../../src/ports/web-sessions.ts';
import { LiveStream, type LiveStreamSource, type StreamReader } from './live-stream.ts';

/** More tabs than this of one person end the oldest: browsers reconnect, forgotten ones stay away. */
const STREAMS_PER_PERSON = 12;

export type LiveStreamsSource = LiveStreamSource & { readonly sessions: Pick<WebSessions, 'seen' | 'onEnd'> };

/** All open live streams, woken by one subscription, and closed with their sessions. */
export class LiveStreams {
  readonly #source: LiveStreamsSource;
  readonly #open = new Set<LiveStream>();
  readonly #heartbeatMs: number;
  #timer: NodeJS.Timeout | null = null;
  #subscriptions: readonly { stop(): Promise<void> }[] = [];

  constructor(source: LiveStreamsSource, heartbeatMs: number) {
    this.#source = source;
    this.#heartbeatMs = heartbeatMs;
  }

  async start(): Promise<void> {
    const { conversations, sessions } = this.#source;
    this.#subscriptions = await Promise.all([
      conversations.onChange(() => {
        for (const stream of this.#open) stream.wake();
      }),
      sessions.onEnd((id) => this.#endOf(id)),
    ]);
    this.#timer = setInterval(() => this.#beat(), this.#heartbeatMs);
    this.#timer.unref();
  }

  open(response: ServerResponse, reader: StreamReader, position: number): LiveStream {
    const mine = [...this.#open].filter((stream) => stream.person.id === reader.person.id);
    if (mine.length >= STREAMS_PER_PERSON) mine[0]?.end();
    const stream = new LiveStream(this.#source, response, reader, position);
    this.#open.add(stream);
    stream.closed.addEventListener('abort', () => this.#open.delete(stream));
    return stream;
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const stream of this.#open) stream.end();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
    this.#subscriptions = [];
  }

  #beat(): void {
    for (const stream of this.#open) {
      // Whoever left the workspace stops reading at once, not at the end of the session.
      if (this.#source.conversations.person(stream.person.id) === null) stream.end();
      else stream.heartbeat();
    }
    void this.#tendSessions();
  }

  /** Its session is over, here or in another process. After a lost connection to the store any may be. */
  #endOf(id: string): void {
    if (id === '*') void this.#tendSessions();
    for (const stream of this.#open) if (stream.session?.id === id) stream.end();
  }

  /** An open page keeps its session from becoming idle; one whose session is gone closes. Each session is asked for once. */
  async #tendSessions(): Promise<void> {
    for (const id of new Set([...this.#open].flatMap(({ session }) => session?.id ?? []))) {
      try {
        if (!(await this.#source.sessions.seen(id))) this.#endOf(id);
      } catch (error) {
        // The store is away: whoever it is reads nothing new meanwhile, and is asked for again at the next beat.
        this.#source.logger.warn({ platform: this.#source.platform, err: error }, 'a session could not be looked up');
      }
    }
  }
}
