import { LogLevel, type Logger as SlackLogger } from '@slack/bolt';
import type { Logger } from '../../src/ports/logger.ts';

/**
 * Our log for Slack's libraries. Their debug and info lines hold whole payloads with response URLs and trigger ids, so those are
 * dropped here; of errors only the message is kept, because errors carry requests.
 */
export function createSlackLogger(logger: Logger): SlackLogger {
  return {
    debug() {},
    info() {},
    warn: (...said) => logger.warn({ library: 'slack' }, describe(said)),
    error: (...said) => logger.error({ library: 'slack' }, describe(said)),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}

const LONGEST = 300;

function describe(said: readonly unknown[]): string {
  return said
    .map((part) => (part instanceof Error ? part.message : typeof part === 'string' ? part : typeof part))
    .join(' ')
    .replace(/xox[a-z]-[\w-]+|xapp-[\w-]+|https?:\/\/\S+/g, '…')
    .slice(0, LONGEST);
}
