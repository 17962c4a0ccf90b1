import { type Kysely, type Selectable, sql } from 'kysely';
import type { BrokenGlass } from '../../src/domain/broken-glass.ts';
import type { Person } from '../../src/domain/deployment.ts';
import type { BrokenGlassStore } from '../../src/ports/approval-store.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresBrokenGlassStore implements BrokenGlassStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async insert({ deploymentId, app, environment, by, reason, at }: BrokenGlass): Promise<void> {
    await this.#db
      .insertInto('broken_glass')
      .values({ deployment_id: deploymentId, app, environment, by: storable(by), reason: storableText(reason), at })
      .execute();
  }

  async find(deploymentId: string): Promise<BrokenGlass | null> {
    const row = await this.#db.selectFrom('broken_glass').selectAll().where('deployment_id', '=', deploymentId).executeTakeFirst();
    return row === undefined ? null : toBrokenGlass(row);
  }

  async open(apps: readonly string[]): Promise<readonly BrokenGlass[]> {
    const rows = await this.#db
      .selectFrom('broken_glass')
      .selectAll()
      .where('signed_at', 'is', null)
      .where('app', '=', sql<string>`any(${apps})`)
      .orderBy('at')
      .execute();
    return rows.map(toBrokenGlass);
  }

  async signOff(deploymentId: string, { by, at, note }: NonNullable<BrokenGlass['signedOff']>): Promise<boolean> {
    const result = await this.#db
      .updateTable('broken_glass')
      .set({ signed_by: storable(by), signed_at: at, note: note === null ? null : storableText(note) })
      .where('deployment_id', '=', deploymentId)
      .where('signed_at', 'is', null)
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }
}

function toBrokenGlass(row: Selectable<Tables['broken_glass']>): BrokenGlass {
  const { deployment_id, app, environment, by, reason, at, signed_by, signed_at, note } = row;
  return {
    deploymentId: deployment_id,
    app,
    environment,
    by: by as Person,
    reason,
    at,
    signedOff: signed_by === null || signed_at === null ? null : { by: signed_by as Person, at: signed_at, note },
  };
}
