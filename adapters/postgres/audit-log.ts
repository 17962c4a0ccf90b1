import { type Kysely, sql } from 'kysely';
import type { AuditRecord, NewAuditRecord } from '../../src/domain/audit.ts';
import type { ChainHead } from '../../src/domain/audit-chain.ts';
import { parseExactJson } from '../../src/domain/exact-json.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { AuditFilter, AuditLog, Link, LinkFilter } from '../../src/ports/audit-log.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

/** The links are made by a trigger at commit; see migrations/20261121T065000-audit-chain.ts. */
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

  async list(filter: AuditFilter): Promise<readonly AuditRecord[]> {
    const { apps, environment } = filter;
    let query = this.#db.selectFrom('audit').select(['id', 'at', 'actor', 'action', 'subject', 'source', 'result', 'details']);
    if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
    if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
    if (filter.result !== undefined) query = query.where('result', '=', filter.result);
    if (filter.sinceMs !== undefined) query = query.where('at', '>=', filter.sinceMs);
    if (apps !== undefined) {
      query =
        environment === undefined
          ? query.where((where) => where.or(apps.map((app) => ofApp(app))))
          : query.where('subject', 'in', [...apps.map((app) => `${app}/${environment}`)]);
    }
    const rows = await query.orderBy('id', 'desc').limit(filter.limit).execute();
    return rows.map((row) => ({ ...row, result: row.result as AuditRecord['result'], details: row.details as JsonObject }));
  }

  async head(): Promise<ChainHead> {
    const { seq, hash } = await this.#db.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
    return { seq, hash: hash.toString('hex') };
  }

  async prunedThrough(): Promise<number> {
    return (await this.#db.selectFrom('audit_pruned').select('through').executeTakeFirstOrThrow()).through;
  }

  async linkedAfter(seq: number, { sinceMs, untilMs, app }: LinkFilter, limit: number): Promise<readonly Link[]> {
    let query = this.#db
      .selectFrom('audit_chain as link')
      .leftJoin('audit as record', 'record.id', 'link.record')
      .select(['link.seq', 'link.linked_at', 'link.previous_hash', 'link.hash', 'record.id', 'record.at', 'record.actor'])
      .select(['record.action', 'record.subject', 'record.source', 'record.result'])
      // As text: a double would lose digits that were hashed.
      .select(sql<string>`record.details::text`.as('details'))
      .where('link.seq', '>', seq);
    if (sinceMs !== null) query = query.where('link.linked_at', '>=', sinceMs);
    if (untilMs !== null) query = query.where('link.linked_at', '<', untilMs);
    if (app !== null) query = query.where(ofApp(app));
    const rows = await query.orderBy('link.seq').limit(limit).execute();
    return rows.map(toLink);
  }

  async unlinked(): Promise<number | null> {
    const row = await this.#db
      .selectFrom('audit')
      .select('id')
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('audit_chain').select('seq').whereRef('audit_chain.record', '=', 'audit.id'))),
      )
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    return row?.id ?? null;
  }

  async isChangeable(): Promise<boolean> {
    const trail = ['audit', 'audit_chain', 'audit_head', 'audit_pruned'];
    const rights = 'UPDATE, DELETE, TRUNCATE, TRIGGER';
    const found = await sql<{ may: boolean }>`
      SELECT bool_or(role.rolsuper OR role.rolcreaterole OR pg_has_role(current_user, relowner, 'MEMBER')
                     OR has_table_privilege(trail.oid, ${rights}) OR has_any_column_privilege(trail.oid, 'UPDATE')) AS may
        FROM pg_roles role, pg_class trail
       WHERE role.rolname = current_user AND trail.oid = ANY (${trail}::text[]::regclass[])`.execute(this.#db);
    return found.rows[0]?.may !== false;
  }

  async prune(beforeMs: number, by: string, limit: number): Promise<number> {
    const done = await sql<{ removed: number }>`SELECT removed FROM prune_audit(${beforeMs}, ${by}, ${limit})`.execute(this.#db);
    return done.rows[0]?.removed ?? 0;
  }
}

/** The app itself and all its environments. Names have no dots or slashes; "0" is what follows "/" in the column's order. */
function ofApp(app: string) {
  return sql<boolean>`(subject = ${app} OR (subject >= ${`${app}/`} AND subject < ${`${app}0`}))`;
}

type Row = {
  readonly seq: number;
  readonly linked_at: number;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  readonly id: number | null;
  readonly at: number | null;
  readonly actor: string | null;
  readonly action: string | null;
  readonly subject: string | null;
  readonly source: string | null;
  readonly result: string | null;
  readonly details: string | null;
};

function toLink({ seq, linked_at, previous_hash, hash, ...row }: Row): Link {
  const { id, at, actor, action, subject, source, result, details } = row;
  // Of a left join all are there or none is.
  if (id === null || at === null || actor === null || action === null || subject === null || source === null || details === null) {
    return { seq, record: null };
  }
  const link = { seq, linkedAt: linked_at, previous: previous_hash.toString('hex'), hash: hash.toString('hex') };
  const known = { id, at, actor, action, subject, source, result: result as AuditRecord['result'], details: parseExactJson(details) };
  return { seq, record: { ...known, ...link } };
}
