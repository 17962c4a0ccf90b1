import { type DestinationStream, type Logger as PinoLogger, type LoggerOptions as PinoOptions, pino } from 'pino';
import type { Logger } from '../../src/ports/logger.ts';
import { redacted } from './redact.ts';

export type LoggerOptions = {
  /** `debug`, `info`, `warn` or `error`; `silent` for nothing. */
  readonly level: string;
  /** For people at a terminal; machines get one JSON object a line. */
  readonly pretty: boolean;
  /** Standard output when left out. */
  readonly destination?: DestinationStream;
};

export function createLogger({ level, pretty, destination }: LoggerOptions): Logger {
  const options: PinoOptions = {
    level,
    base: null,
    // Errors are plain objects by then; pino's own serializer would rewrite anything that has a stack.
    serializers: { err: (value: unknown) => value },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    ...(pretty && destination === undefined ? { transport: { target: 'pino-pretty', options: { translateTime: 'SYS:HH:MM:ss.l' } } } : {}),
  };
  return wrap(destination === undefined ? pino(options) : pino(options, destination));
}

/** Everything passes through `redacted` before pino sees it: pino's own redaction knows paths, not keys at any depth. */
function wrap(logger: PinoLogger): Logger {
  return {
    debug: (fields, message) => logger.isLevelEnabled('debug') && logger.debug(clean(fields), cleanText(message)),
    info: (fields, message) => logger.isLevelEnabled('info') && logger.info(clean(fields), cleanText(message)),
    warn: (fields, message) => logger.isLevelEnabled('warn') && logger.warn(clean(fields), cleanText(message)),
    error: (fields, message) => logger.isLevelEnabled('error') && logger.error(clean(fields), cleanText(message)),
    child: (bindings) => wrap(logger.child(clean(bindings))),
  };
}

function clean(fields: object): object {
  const value = fields instanceof Error ? redacted({ err: fields }) : redacted(fields);
  return typeof value === 'object' && value !== null ? value : {};
}

function cleanText(message: string): string {
  return String(redacted(message));
}
