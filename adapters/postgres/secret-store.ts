import { type Kysely, type Selectable, sql } from 'kysely';
import { namedPerson, type Person } from '../../src/domain/deployment.ts';
import type { SecretTarget, SecretVersion } from '../../src/domain/secret.ts';
import type { ParkedSecret, SealedSecret, SecretStore } from '../../src/ports/secret-store.ts';
import { storable } from './documents.ts';
import type { Tables } from './schema.ts';

const VERSION_COLUMNS = ['id', 'app', 'environment', 'name', 'version', 'kind', 'set_by', 'set_at'] as const;

export class PostgresSecretStore implements SecretStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async lock(app: string, environment: string): Promise<void> {
    // A statement of its own, so that what is read next sees what the holder before committed.
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`secrets:${app}/${environment}`}, 0))`.execute(this.#db);
  }

  async newest(target: SecretTarget): Promise<SecretVersion | null> {
    const row = await this.#newestOfEach(target.app, target.environment)
      .select(VERSION_COLUMNS)
      .where('name', '=', target.name)
      .executeTakeFirst();
    return row === undefined ? null : toVersion(row);
  }

  async find(id: string): Promise<SecretVersion | null> {
    const row = await this.#db.selectFrom('secrets').select(VERSION_COLUMNS).where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toVersion(row);
  }

  async append(version: SecretVersion, sealed: Uint8Array | null): Promise<void> {
    const { id, app, environment, name, kind, by, at } = version;
    await this.#db
      .updateTable('secrets')
      .set({ sealed: null })
      .where('app', '=', app)
      .where('environment', '=', environment)
      .where('name', '=', name)
      .where('sealed', 'is not', null)
      .execute();
    await this.#db
      .insertInto('secrets')
      .values({
        id,
        app,
        environment,
        name,
        version: version.version,
        kind,
        sealed: sealed === null ? null : Buffer.from(sealed),
        set_by: storable(namedPerson(by)),
        set_at: at,
      })
      .execute();
  }

  async list(app: string, environment: string): Promise<readonly SecretVersion[]> {
    const rows = await this.#newestOfEach(app, environment).select(VERSION_COLUMNS).where('kind', '=', 'set').orderBy('name').execute();
    return rows.map(toVersion);
  }

  async values(app: string, environment: string): Promise<readonly SealedSecret[]> {
    const rows = await this.#newestOfEach(app, environment)
      .select(['name', 'version', 'sealed'])
      .where('kind', '=', 'set')
      .orderBy('name')
      .execute();
    return rows.flatMap(({ name, version, sealed }) =>
      sealed === null ? [] : [{ app, environment, name, version, sealed: new Uint8Array(sealed) }],
    );
  }

  async history(app: string, environment: string, name: string | null, limit: number): Promise<readonly SecretVersion[]> {
    let query = this.#db.selectFrom('secrets').select(VERSION_COLUMNS).where('app', '=', app).where('environment', '=', environment);
    // Versions tell the order of one secret, whatever the clocks of several processes say.
    query = name === null ? query.orderBy('set_at', 'desc') : query.where('name', '=', name);
    const rows = await query.orderBy('version', 'desc').orderBy('name').limit(limit).execute();
    return rows.map(toVersion);
  }

  async park({ id, app, environment, name, personId, sealed, expiresAt }: ParkedSecret): Promise<void> {
    const row = { id, app, environment, name, person_id: personId, sealed: Buffer.from(sealed), expires_at: expiresAt };
    await this.#db.insertInto('parked_secrets').values(row).execute();
  }

  async takeParked(id: string, nowMs: number): Promise<ParkedSecret | null> {
    const row = await this.#db.deleteFrom('parked_secrets').where('id', '=', id).returningAll().executeTakeFirst();
    if (row === undefined || row.expires_at <= nowMs) return null;
    const { app, environment, name, person_id, sealed, expires_at } = row;
    return { id, app, environment, name, personId: person_id, sealed: new Uint8Array(sealed), expiresAt: expires_at };
  }

  async pruneParked(nowMs: number): Promise<number> {
    const result = await this.#db.deleteFrom('parked_secrets').where('expires_at', '<=', nowMs).executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  #newestOfEach(app: string, environment: string) {
    return this.#db.selectFrom((eb) =>
      eb
        .selectFrom('secrets')
        .selectAll()
        .distinctOn('name')
        .where('app', '=', app)
        .where('environment', '=', environment)
        .orderBy('name')
        .orderBy('version', 'desc')
        .as('newest'),
    );
  }
}

/** The check constraint of the table holds the closed set of kinds. */
function toVersion(row: Pick<Selectable<Tables['secrets']>, (typeof VERSION_COLUMNS)[number]>): SecretVersion {
  const { id, app, environment, name, version, kind, set_by, set_at } = row;
  return { id, app, environment, name, version, kind: kind as SecretVersion['kind'], by: set_by as Person, at: set_at };
}
