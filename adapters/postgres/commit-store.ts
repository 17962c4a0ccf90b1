import type { Kysely } from 'kysely';
import type { CommitsBetween } from '../../src/domain/source-commits.ts';
import type { CommitStore } from '../../src/ports/commit-store.ts';
import { storable } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresCommitStore implements CommitStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async find(repository: string, from: string, to: string): Promise<CommitsBetween | null> {
    const row = await this.#db
      .selectFrom('source_commits')
      .select('between_them')
      .where('repository', '=', repository)
      .where('from_commit', '=', from)
      .where('to_commit', '=', to)
      .executeTakeFirst();
    return row === undefined ? null : (row.between_them as CommitsBetween);
  }

  async keep(repository: string, from: string, to: string, between: CommitsBetween): Promise<boolean> {
    const kept = await this.#db
      .insertInto('source_commits')
      .values({ repository, from_commit: from, to_commit: to, between_them: storable(between) })
      .onConflict((conflict) => conflict.doNothing())
      .returning('repository')
      .executeTakeFirst();
    return kept !== undefined;
  }
}
