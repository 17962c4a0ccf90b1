import { type Kysely, type Selectable, sql } from 'kysely';
import type { Release, Revision } from '../../src/domain/release.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import type { ReleaseStore } from '../../src/ports/database.ts';
import { storable } from './documents.ts';
import type { Tables } from './schema.ts';

/** How many of an app's newest releases are searched for distinct versions, so that the answer's time is bounded. */
const VERSION_WINDOW = 2_000;

export class PostgresReleaseStore implements ReleaseStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async insert(release: Release): Promise<void> {
    await this.#db
      .insertInto('releases')
      .values({
        id: release.id,
        app: release.app,
        environment: release.environment,
        version: release.version,
        spec: storable(release.spec),
        spec_hash: release.specHash,
        source_commit: release.sourceCommit,
        created_at: release.createdAt,
      })
      .execute();
  }

  async find(id: string): Promise<Release | null> {
    const row = await this.#db.selectFrom('releases').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toRelease(row);
  }

  async findBySpecHash(app: string, environment: string, specHash: string): Promise<Release | null> {
    const row = await this.#db
      .selectFrom('releases')
      .selectAll()
      .where('app', '=', app)
      .where('environment', '=', environment)
      .where('spec_hash', '=', specHash)
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : toRelease(row);
  }

  /** Sealed again (with a newer key, for instance), the newer bytes replace the older. */
  async saveContents(fingerprint: string, sealed: Uint8Array): Promise<void> {
    await this.#db
      .insertInto('release_contents')
      .values({ fingerprint, sealed: Buffer.from(sealed) })
      .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet((eb) => ({ sealed: eb.ref('excluded.sealed') })))
      .execute();
  }

  async contents(fingerprint: string): Promise<Uint8Array | null> {
    const row = await this.#db.selectFrom('release_contents').select('sealed').where('fingerprint', '=', fingerprint).executeTakeFirst();
    return row === undefined ? null : new Uint8Array(row.sealed);
  }

  async closeRevision(stack: string, atMs: number): Promise<void> {
    await this.#db.updateTable('revisions').set({ active_to: atMs }).where('stack', '=', stack).where('active_to', 'is', null).execute();
  }

  async openRevision(stack: string, releaseId: string, version: string, deploymentId: string, atMs: number): Promise<Revision> {
    await this.closeRevision(stack, atMs);
    const row = await this.#db
      .insertInto('revisions')
      .values((eb) => ({
        stack,
        number: sql<number>`coalesce(${eb
          .selectFrom('revisions')
          .select((inner) => inner.fn.max('number').as('last'))
          .where('stack', '=', stack)}, 0) + 1`,
        release_id: releaseId,
        version,
        deployment_id: deploymentId,
        active_from: atMs,
        active_to: null,
      }))
      .returningAll()
      .executeTakeFirstOrThrow();
    return toRevision(row);
  }

  async currentRevision(stack: string): Promise<Revision | null> {
    const row = await this.#db
      .selectFrom('revisions')
      .selectAll()
      .where('stack', '=', stack)
      .where('active_to', 'is', null)
      .executeTakeFirst();
    return row === undefined ? null : toRevision(row);
  }

  async revisions(stack: string, limit: number): Promise<readonly Revision[]> {
    const rows = await this.#db
      .selectFrom('revisions')
      .selectAll()
      .where('stack', '=', stack)
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toRevision);
  }

  /** Newest first, each once. */
  async versions(app: string, limit: number): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom((eb) =>
        eb
          .selectFrom('releases')
          .select(['version', 'created_at'])
          .where('app', '=', app)
          .orderBy('created_at', 'desc')
          .limit(VERSION_WINDOW)
          .as('newest'),
      )
      .select('version')
      .groupBy('version')
      .orderBy((eb) => eb.fn.max('created_at'), 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => row.version);
  }
}

function toRelease(row: Selectable<Tables['releases']>): Release {
  return {
    id: row.id,
    app: row.app,
    environment: row.environment,
    version: row.version,
    spec: row.spec as StackSpec,
    specHash: row.spec_hash,
    sourceCommit: row.source_commit,
    createdAt: row.created_at,
  };
}

function toRevision(row: Selectable<Tables['revisions']>): Revision {
  return {
    stack: row.stack,
    number: row.number,
    releaseId: row.release_id,
    version: row.version,
    deploymentId: row.deployment_id,
    activeFrom: row.active_from,
    activeTo: row.active_to,
  };
}
