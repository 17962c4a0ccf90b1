import { type Kysely, type Selectable, sql } from 'kysely';
import type {
  ConfigurationHistory,
  ConfigurationSource,
  ConfigurationVersion,
  SealedConfiguration,
} from '../../src/ports/configuration-history.ts';
import type { Tables } from './schema.ts';

/** The name of the lock under which one transaction at a time appends. */
const APPEND_LOCK = 5355;
const VERSION_COLUMNS = ['number', 'at', 'source', 'sha'] as const;

export class PostgresConfigurationHistory implements ConfigurationHistory {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async lockNewest(): Promise<SealedConfiguration | null> {
    // A statement of its own, so that the read below sees what the holder before committed.
    await sql`SELECT pg_advisory_xact_lock(${APPEND_LOCK}, 1)`.execute(this.#db);
    const row = await this.#db.selectFrom('configuration_versions').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst();
    return row === undefined ? null : toSealed(row);
  }

  async append({ at, source, sha, sealed }: Omit<SealedConfiguration, 'number'>): Promise<ConfigurationVersion> {
    const row = await this.#db
      .insertInto('configuration_versions')
      .values((eb) => ({
        number: sql<number>`coalesce(${eb
          .selectFrom('configuration_versions')
          .select((inner) => inner.fn.max('number').as('last'))}, 0) + 1`,
        at,
        source,
        sha,
        sealed: Buffer.from(sealed),
      }))
      .returning(VERSION_COLUMNS)
      .executeTakeFirstOrThrow();
    return toVersion(row);
  }

  async newest(): Promise<ConfigurationVersion | null> {
    return (await this.list(1))[0] ?? null;
  }

  async find(number: number): Promise<SealedConfiguration | null> {
    const row = await this.#db.selectFrom('configuration_versions').selectAll().where('number', '=', number).executeTakeFirst();
    return row === undefined ? null : toSealed(row);
  }

  async list(limit: number): Promise<readonly ConfigurationVersion[]> {
    const rows = await this.#db
      .selectFrom('configuration_versions')
      .select(VERSION_COLUMNS)
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toVersion);
  }
}

type Row = Selectable<Tables['configuration_versions']>;

/** The check constraint of the table holds the closed set of sources. */
function toVersion({ number, at, source, sha }: Pick<Row, (typeof VERSION_COLUMNS)[number]>): ConfigurationVersion {
  return { number, at, source: source as ConfigurationSource, sha };
}

function toSealed(row: Row): SealedConfiguration {
  return { ...toVersion(row), sealed: new Uint8Array(row.sealed) };
}
