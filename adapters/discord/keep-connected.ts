import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Gateway } from './gateway.ts';

/** Between attempts while Discord cannot be reached; an outage there must not stop Shipmate elsewhere. */
const WAITS_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000] as const;

/** Settings that no waiting mends: the process says so at its start instead of trying for ever. */
const HOPELESS = /TokenInvalid|disallowed intents|Authentication failed|invalid intents/i;

/** Tries until `connect` has succeeded once or `signal` aborts. Rejects only for what an operator has to mend. */
export async function keepTrying(
  work: () => Promise<void>,
  what: string,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await work();
      return;
    } catch (err) {
      if (isHopeless(err)) {
        throw new Error('Discord refuses this bot: check DISCORD_TOKEN, and that the application has a bot, in the developer portal.', {
          cause: err,
        });
      }
      const wait = WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)] ?? 60_000;
      // The error itself would bring the whole request into the log.
      logger.warn({ reason: err instanceof Error ? err.message : 'unknown', retryInMs: wait }, `${what} did not work yet`);
      await clock.sleep(wait, signal);
    }
  }
}

function isHopeless(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, status } = error as { code?: unknown; status?: unknown };
  return status === 401 || HOPELESS.test(String(code)) || HOPELESS.test(error.message);
}

/** A client that failed to connect cannot be used again: each attempt gets its own. */
export function freshGateway(create: () => Gateway) {
  let current: Gateway | null = null;
  return {
    async connect(): Promise<void> {
      await current?.close().catch(() => undefined);
      current = create();
      await current.connect();
    },
    isConnected: () => current?.isConnected() ?? false,
    async close(): Promise<void> {
      await current?.close();
      current = null;
    },
  };
}
