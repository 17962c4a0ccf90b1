import type { Message } from '../../../src/chat/message.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { OutgoingMessage } from '../../../src/ports/messenger.ts';
import { fields, header, strong } from '../../../src/views/compose-message.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (signal?.aborted === true) done();
      else signal?.addEventListener('abort', done, { once: true });
    }),
};

/** Waits a fiftieth of what it is asked to, and remembers what that was. */
export function hurriedClock(): Clock & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      asked.push(ms);
      return realClock.sleep(ms / 50, signal);
    },
  };
}

/** Keeps every line, so that tests can look for what must not be in them. */
export function recordingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => {
    lines.push(
      `${message} ${JSON.stringify(fields, (_key, value) => (value instanceof Error ? `${value.name}: ${value.message}` : value))}`,
    );
  };
  const logger = { debug: write, info: write, warn: write, error: write, child: () => logger, lines };
  return logger;
}

export function card(title: string, state = 'under way'): Message {
  return { summary: title, tone: 'progress', elements: [header(title), strong(state), fields([['By', 'Ada']])] };
}

export function outgoing(channel: string, given: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    id: 'm-1',
    channel,
    threadOf: null,
    onlyFor: null,
    handle: null,
    handleSince: null,
    content: card('shop → staging 1.1.0'),
    ...given,
  };
}

/** Waits for a condition; what it waited for is in the failure. */
export async function until<Value>(what: string, read: () => Value | null | undefined | false, withinMs = 10_000): Promise<Value> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = read();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
