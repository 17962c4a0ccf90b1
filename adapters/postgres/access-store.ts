import { type Kysely, type Selectable, sql } from 'kysely';
import type { Person } from '../../src/domain/deployment.ts';
import type { Role } from '../../src/domain/permissions.ts';
import type { AccessStore, RoleChange, RoleGrant } from '../../src/ports/access-store.ts';
import { storable } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresAccessStore implements AccessStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async lock(app: string): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`access:${app}`}, 0))`.execute(this.#db);
  }

  async grants(nowMs: number): Promise<readonly RoleGrant[]> {
    const rows = await this.#db
      .selectFrom('role_grants')
      .selectAll()
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', nowMs)]))
      .orderBy('app')
      .orderBy('person_id')
      .execute();
    return rows.map((row) => ({
      app: row.app,
      personId: row.person_id,
      role: row.role as Role,
      grantedBy: row.granted_by as Person,
      grantedAt: row.granted_at,
      expiresAt: row.expires_at,
    }));
  }

  async grant({ app, personId, role, grantedBy, grantedAt, expiresAt }: RoleGrant): Promise<void> {
    const values = { granted_by: storable(grantedBy), granted_at: grantedAt, expires_at: expiresAt };
    await this.#db
      .insertInto('role_grants')
      .values({ app, person_id: personId, role, ...values })
      .onConflict((conflict) => conflict.columns(['app', 'person_id', 'role']).doUpdateSet(values))
      .execute();
  }

  async revoke(app: string, personId: string, role: Role): Promise<boolean> {
    const result = await this.#db
      .deleteFrom('role_grants')
      .where('app', '=', app)
      .where('person_id', '=', personId)
      .where('role', '=', role)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async askChange(change: RoleChange): Promise<void> {
    await this.#db
      .insertInto('role_changes')
      .values({
        id: change.id,
        app: change.app,
        person_id: change.personId,
        role: change.role,
        change: change.change,
        asked_by: storable(change.askedBy),
        asked_at: change.askedAt,
        expires_at: change.expiresAt,
        grant_until: change.grantUntil,
        state: change.state,
      })
      .execute();
  }

  async lockChange(id: string): Promise<RoleChange | null> {
    const row = await this.#db.selectFrom('role_changes').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    return row === undefined ? null : toChange(row);
  }

  async decideChange(id: string, state: 'done' | 'refused', by: Person, atMs: number): Promise<void> {
    await this.#db
      .updateTable('role_changes')
      .set({ state, decided_by: storable(by), decided_at: atMs })
      .where('id', '=', id)
      .execute();
  }

  async openChanges(app: string, nowMs: number): Promise<readonly RoleChange[]> {
    const rows = await this.#db
      .selectFrom('role_changes')
      .selectAll()
      .where('app', '=', app)
      .where('state', '=', 'open')
      .where('expires_at', '>', nowMs)
      .orderBy('asked_at')
      .execute();
    return rows.map(toChange);
  }
}

function toChange(row: Selectable<Tables['role_changes']>): RoleChange {
  return {
    id: row.id,
    app: row.app,
    personId: row.person_id,
    role: row.role as Role,
    change: row.change as RoleChange['change'],
    askedBy: row.asked_by as Person,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    grantUntil: row.grant_until,
    state: row.state as RoleChange['state'],
  };
}
