import type { Kysely, Selectable } from 'kysely';
import type { Installation, InstallationStore } from '../../src/ports/installation-store.ts';
import type { Tables } from './schema.ts';

export class PostgresInstallationStore implements InstallationStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async save(platform: string, workspace: string, sealed: Uint8Array, atMs: number): Promise<void> {
    await this.#db
      .insertInto('installations')
      .values({ platform, workspace, sealed: Buffer.from(sealed), at: atMs })
      .onConflict((conflict) =>
        conflict.columns(['platform', 'workspace']).doUpdateSet((eb) => ({ sealed: eb.ref('excluded.sealed'), at: eb.ref('excluded.at') })),
      )
      .execute();
  }

  async find(platform: string, workspace: string): Promise<Installation | null> {
    const row = await this.#db
      .selectFrom('installations')
      .selectAll()
      .where('platform', '=', platform)
      .where('workspace', '=', workspace)
      .executeTakeFirst();
    return row === undefined ? null : toInstallation(row);
  }

  async remove(platform: string, workspace: string): Promise<boolean> {
    const result = await this.#db
      .deleteFrom('installations')
      .where('platform', '=', platform)
      .where('workspace', '=', workspace)
      .executeTakeFirst();
    return result.numDeletedRows === 1n;
  }

  async list(platform: string): Promise<readonly Installation[]> {
    const rows = await this.#db.selectFrom('installations').selectAll().where('platform', '=', platform).orderBy('workspace').execute();
    return rows.map(toInstallation);
  }
}

function toInstallation({ platform, workspace, sealed, at }: Selectable<Tables['installations']>): Installation {
  return { platform, workspace, sealed: new Uint8Array(sealed), at };
}
