import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import pg from 'pg';
import type { Logger } from '../../src/ports/logger.ts';
import { DATABASE } from './credentials.ts';

const NAME = 'shipmate presence';

type Join = () => Promise<{ url: string; port: number }>;

/**
 * One connection that says "this process uses the server". The server counts them, so there is no other bookkeeping that
 * a kill could falsify. When the server dies under us, the same connection notices and starts it again.
 */
export class Presence {
  readonly #logger: Logger;
  readonly #join: Join;
  readonly #leaving = new AbortController();
  #client: pg.Client | null = null;
  #entering: Promise<number> | null = null;

  constructor(logger: Logger, join: Join) {
    this.#logger = logger;
    this.#join = join;
  }

  /** Joins the server, and makes the database when it is not there yet; the server's port. */
  enter(): Promise<number> {
    this.#entering ??= this.#connect().finally(() => {
      this.#entering = null;
    });
    return this.#entering;
  }

  async #connect(): Promise<number> {
    // The server may be starting up, going down, or be adopted at the moment when its last user stops it.
    const patiently = retry(handleAll, { maxAttempts: 30, backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 1_000 }) });
    return patiently.execute(async () => {
      const { url, port } = await this.#join();
      const client = new pg.Client({ connectionString: url, application_name: NAME, keepAlive: true, connectionTimeoutMillis: 5_000 });
      client.on('error', () => undefined);
      await client.connect();
      try {
        await ensureDatabase(client);
      } catch (error) {
        await client.end();
        throw error;
      }
      client.once('end', () => this.#onEnd());
      this.#client = client;
      return port;
    }, this.#leaving.signal);
  }

  /** True when nobody else is present: whoever gets it stops the server. */
  async leave(): Promise<boolean> {
    this.#leaving.abort();
    // No further attempt to come back is made; one that is under way may still bring a connection, which has to go too.
    await this.#entering?.catch((error: unknown) => this.#logger.debug({ err: error }, 'leaving a server that was not reached'));
    const client = this.#client;
    this.#client = null;
    if (client === null) return false;
    try {
      const others = await client.query<{ present: number }>(
        'SELECT count(*)::int AS present FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()',
        [NAME],
      );
      return others.rows[0]?.present === 0;
    } catch (error) {
      this.#logger.warn({ err: error }, 'the embedded PostgreSQL was gone before it could be stopped');
      return false;
    } finally {
      await client.end();
    }
  }

  #onEnd(): void {
    if (this.#leaving.signal.aborted) return;
    this.#logger.warn({}, 'the embedded PostgreSQL went away; starting it again');
    this.enter().catch((error: unknown) => {
      if (!this.#leaving.signal.aborted) this.#logger.error({ err: error }, 'the embedded PostgreSQL could not be started again');
    });
  }
}

async function ensureDatabase(client: pg.Client): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (found.rowCount === 1) return;
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASE)}`);
  } catch (error) {
    // 42P04, or 23505 on the catalogue's index: another process made it at the same time.
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== '42P04' && code !== '23505') throw error;
  }
}
