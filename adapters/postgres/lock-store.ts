import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import type { DeployLock } from '../../src/domain/deploy-lock.ts';
import type { Person } from '../../src/domain/deployment.ts';
import type { Schedule } from '../../src/domain/freeze-window.ts';
import type { Scope } from '../../src/domain/scope.ts';
import type { LockEnd, LockStore, StoredFreeze, Watcher } from '../../src/ports/lock-store.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresLockStore implements LockStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async take({ id, scope, holder, reason, since, expiresAt }: DeployLock): Promise<boolean> {
    const row = await this.#db
      .insertInto('deploy_locks')
      .values({ id, ...columnsOf(scope), holder: storable(holder), reason: textOrNull(reason), since, expires_at: expiresAt })
      // Against the index of standing locks: the second of two at once waits for the first, and finds it there.
      .onConflict((conflict) => conflict.columns(['app', 'environment']).where('ended_at', 'is', null).doNothing())
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async standing(): Promise<readonly DeployLock[]> {
    const rows = await this.#db
      .selectFrom('deploy_locks')
      .selectAll()
      .where('ended_at', 'is', null)
      .orderBy('since')
      .orderBy('id')
      .execute();
    return rows.map(toLock);
  }

  async standingOf(scope: Scope): Promise<DeployLock | null> {
    const row = await this.#db
      .selectFrom('deploy_locks')
      .selectAll()
      .where('ended_at', 'is', null)
      .where((eb) => isScope(eb, scope))
      .executeTakeFirst();
    return row === undefined ? null : toLock(row);
  }

  async renew(id: string, { reason, expiresAt }: Pick<DeployLock, 'reason' | 'expiresAt'>): Promise<boolean> {
    const row = await this.#db
      .updateTable('deploy_locks')
      .set({ reason: textOrNull(reason), expires_at: expiresAt, reminded_at: null })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async end(id: string, how: LockEnd, by: string, atMs: number): Promise<boolean> {
    const row = await this.#db
      .updateTable('deploy_locks')
      .set({ ended_at: atMs, ended_how: how, ended_by: by })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async expire(nowMs: number): Promise<readonly DeployLock[]> {
    const rows = await this.#db
      .updateTable('deploy_locks')
      .set({ ended_at: nowMs, ended_how: 'expired', ended_by: 'system' })
      .where('ended_at', 'is', null)
      .where('expires_at', '<=', nowMs)
      .returningAll()
      .execute();
    return rows.map(toLock);
  }

  async takeReminders(byMs: number, nowMs: number): Promise<readonly DeployLock[]> {
    const rows = await this.#db
      .updateTable('deploy_locks')
      .set({ reminded_at: nowMs })
      .where('ended_at', 'is', null)
      .where('reminded_at', 'is', null)
      .where('expires_at', '<=', byMs)
      .where('expires_at', '>', nowMs)
      .returningAll()
      .execute();
    return rows.map(toLock);
  }

  async addFreeze({ id, scope, schedule, reason, createdBy, createdAt }: StoredFreeze): Promise<void> {
    await this.#db
      .insertInto('freezes')
      .values({
        id,
        ...columnsOf(scope),
        schedule: storable(schedule),
        reason: storableText(reason),
        created_by: storable(createdBy),
        created_at: createdAt,
        over_at: schedule.kind === 'once' ? schedule.until : null,
      })
      .execute();
  }

  async freezes(nowMs: number): Promise<readonly StoredFreeze[]> {
    const rows = await this.#db
      .selectFrom('freezes')
      .selectAll()
      .where('ended_at', 'is', null)
      .where((eb) => eb.or([eb('over_at', 'is', null), eb('over_at', '>', nowMs)]))
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(toFreeze);
  }

  async endFreeze(id: string, by: string, atMs: number): Promise<boolean> {
    const row = await this.#db
      .updateTable('freezes')
      .set({ ended_at: atMs, ended_by: by })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async watch({ app, environment, personId, since }: Watcher): Promise<void> {
    await this.#db
      .insertInto('opening_watchers')
      .values({ app, environment, person_id: personId, since })
      .onConflict((conflict) => conflict.columns(['app', 'environment', 'person_id']).doNothing())
      .execute();
  }

  async watchers(): Promise<readonly Watcher[]> {
    const rows = await this.#db.selectFrom('opening_watchers').selectAll().orderBy('since').orderBy('person_id').execute();
    return rows.map(({ app, environment, person_id, since }) => ({ app, environment, personId: person_id, since }));
  }

  async endWatch({ app, environment, personId }: Watcher): Promise<boolean> {
    const row = await this.#db
      .deleteFrom('opening_watchers')
      .where('app', '=', app)
      .where('environment', '=', environment)
      .where('person_id', '=', personId)
      .returning('person_id')
      .executeTakeFirst();
    return row !== undefined;
  }
}

function isScope(eb: ExpressionBuilder<Tables, 'deploy_locks'>, { app, environment }: Scope) {
  return eb.and([
    eb('app', 'is not distinct from', sql<string | null>`${app}::text`),
    eb('environment', 'is not distinct from', sql<string | null>`${environment}::text`),
  ]);
}

function columnsOf({ app, environment }: Scope): { app: string | null; environment: string | null } {
  return { app, environment };
}

function textOrNull(text: string | null): string | null {
  return text === null ? null : storableText(text);
}

function toLock(row: Selectable<Tables['deploy_locks']>): DeployLock {
  return {
    id: row.id,
    scope: { app: row.app, environment: row.environment },
    holder: row.holder as Person,
    reason: row.reason,
    since: row.since,
    expiresAt: row.expires_at,
  };
}

function toFreeze(row: Selectable<Tables['freezes']>): StoredFreeze {
  return {
    id: row.id,
    scope: { app: row.app, environment: row.environment },
    schedule: row.schedule as Schedule,
    reason: row.reason,
    createdBy: row.created_by as Person,
    createdAt: row.created_at,
  };
}
