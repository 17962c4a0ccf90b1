import pg from 'pg';
import type { Logger } from '../../src/ports/logger.ts';

export type PoolOptions = {
  readonly connectionString: string;
  readonly logger: Logger;
  readonly size: number;
  /** Milliseconds a statement may run; null is without end (migrations). */
  readonly statementTimeoutMs: number | null;
};

const INT8 = 20;

/**
 * A pool whose lost connections never crash the process.
 * A process that is stopped in the middle of a transaction keeps its row locks; the server ends such a session after 5 s,
 * so that a zombie cannot hold up the worker that took over.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.size,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'shipmate',
    types: { getTypeParser },
    ...(options.statementTimeoutMs === null
      ? {}
      : { statement_timeout: options.statementTimeoutMs, idle_in_transaction_session_timeout: 5_000 }),
  });
  const onError = (error: Error) => options.logger.warn({ err: error }, 'a database connection was lost');
  pool.on('error', onError);
  // The pool listens only while a client is idle; one that is lost while it is checked out would crash the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** bigint columns hold epoch milliseconds, counters and positions: all exact as numbers. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
