import type { Kysely } from 'kysely';
import type { AuditRecord, NewAuditRecord } from '../../src/domain/audit.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { AuditLog } from '../../src/ports/database.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresAuditLog implements AuditLog {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async append(record: NewAuditRecord): Promise<void> {
    await this.#db
      .insertInto('audit')
      .values({
        at: record.at,
        actor: storableText(record.actor),
        action: record.action,
        subject: storableText(record.subject),
        source: storableText(record.source),
        result: record.result,
        details: storable(record.details),
      })
      .execute();
  }

  /** Newest first. */
  async list(filter: { subject?: string; actor?: string; limit: number }): Promise<readonly AuditRecord[]> {
    let query = this.#db.selectFrom('audit').select(['id', 'at', 'actor', 'action', 'subject', 'source', 'result', 'details']);
    if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
    if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
    const rows = await query.orderBy('id', 'desc').limit(filter.limit).execute();
    return rows.map((row) => ({ ...row, result: row.result as AuditRecord['result'], details: row.details as JsonObject }));
  }
}
