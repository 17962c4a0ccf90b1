import { StoreUnavailableError } from '../../src/ports/faults.ts';

/** Socket errors of Node, and the SQLSTATE classes that say "the server is not there for you now" (PostgreSQL manual, appendix A). */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
const SQLSTATES = /^(08...|57P0[1235]|53300|25P03)$/;

/** pg raises these without a code. */
const PG_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end on the pool',
];

export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

export function isConnectionError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  const code = codeOf(error);
  if (code !== null) return SOCKET_CODES.has(code) || SQLSTATES.test(code);
  return error instanceof Error && PG_MESSAGES.some((text) => error.message.startsWith(text));
}

/** Serialization failure and deadlock: the same transaction has a chance when it runs again. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/** A lost connection as the fault that the application knows; everything else unchanged. */
export function asFault(error: unknown): unknown {
  return isConnectionError(error) ? new StoreUnavailableError('the database cannot be reached', { cause: error }) : error;
}
