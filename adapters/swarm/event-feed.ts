import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../src/ports/logger.ts';
import type { EngineApi } from './engine-api.ts';
import { STACK_LABEL } from './labels.ts';

/**
 * The engine's event stream, one for all who watch. Service events come from every manager and name the service only;
 * container events come from this engine's own node and have the container's labels. Tasks have no events at all.
 */
const FILTERS = {
  type: ['service', 'container'],
  // Without exec_*: every healthcheck is one.
  event: ['create', 'update', 'remove', 'start', 'die', 'oom', 'stop', 'destroy', 'health_status'],
};

/** A stream that lived this long was a good one; the wait before the next starts small again. */
const GOOD_STREAM_MS = 10_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

export class EventFeed {
  readonly #api: EngineApi;
  readonly #logger: Logger;
  readonly #watchers = new Map<symbol, { readonly stack: string; readonly notify: () => void }>();
  #running: AbortController | null = null;

  constructor(api: EngineApi, logger: Logger) {
    this.#api = api;
    this.#logger = logger;
  }

  /** Calls `notify` on each event of the stack, and after a reconnect, because events may have been missed. */
  subscribe(stack: string, notify: () => void): () => void {
    const key = Symbol(stack);
    this.#watchers.set(key, { stack, notify });
    if (this.#running === null) {
      this.#running = new AbortController();
      void this.#run(this.#running.signal);
    }
    return () => {
      this.#watchers.delete(key);
      if (this.#watchers.size > 0) return;
      this.#running?.abort();
      this.#running = null;
    };
  }

  async #run(signal: AbortSignal): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    while (!signal.aborted) {
      const startedAt = performance.now();
      try {
        const stream = await this.#api.stream('GET', '/events', { query: { filters: FILTERS }, signal });
        this.#notifyAll();
        await this.#read(stream);
      } catch (error) {
        if (signal.aborted) return;
        this.#logger.debug({ err: error }, 'The event stream broke off; connecting again');
      }
      waitMs = performance.now() - startedAt > GOOD_STREAM_MS ? FIRST_WAIT_MS : Math.min(waitMs * 2, LONGEST_WAIT_MS);
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #read(stream: AsyncIterable<Buffer>): Promise<void> {
    let rest = '';
    for await (const chunk of stream) {
      const lines = `${rest}${chunk.toString('utf8')}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#dispatch(line);
    }
  }

  #dispatch(line: string): void {
    const event = parseEvent(line);
    if (event === null) return;
    for (const { stack, notify } of this.#watchers.values()) if (concerns(event, stack)) notify();
  }

  #notifyAll(): void {
    for (const { notify } of this.#watchers.values()) notify();
  }
}

type EngineEvent = { readonly Type: string; readonly attributes: Readonly<Record<string, unknown>> };

function parseEvent(line: string): EngineEvent | null {
  if (line.trim() === '') return null;
  try {
    const event: { Type?: string; Actor?: { Attributes?: Record<string, unknown> } } = JSON.parse(line);
    return { Type: event.Type ?? '', attributes: event.Actor?.Attributes ?? {} };
  } catch {
    // Half a line at the break of a stream; the reconnect notifies anyway.
    return null;
  }
}

function concerns(event: EngineEvent, stack: string): boolean {
  if (event.Type === 'container') return event.attributes[STACK_LABEL] === stack;
  const name = event.attributes['name'];
  return typeof name === 'string' && name.startsWith(`${stack}_`);
}
