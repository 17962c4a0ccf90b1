import pg from 'pg';
import { type LinkedRecord, NO_HASH } from '../../src/domain/audit-chain.ts';
import { canonicalText } from '../../src/domain/exact-json.ts';

/** Statements in one transaction, as whoever the address names. */
export async function runAll(url: string, ...statements: (string | { text: string; values: unknown[] })[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** What a superuser can do who does not mind the trail: every trigger is off meanwhile. */
export async function tamper(url: string, ...statements: (string | { text: string; values: unknown[] })[]): Promise<void> {
  await runAll(url, 'SET LOCAL session_replication_role = replica', ...statements);
}

/** Puts a chain that was made elsewhere into an empty trail, as if it had been written at its own times. */
export async function storeChain(url: string, chain: readonly LinkedRecord[]): Promise<void> {
  const last = chain.at(-1);
  const statements = chain.flatMap((record) => {
    const { id, at, actor, action, subject, source, result, details, seq, linkedAt, previous, hash } = record;
    return [
      {
        text: `INSERT INTO audit (id, at, actor, action, subject, source, result, details) OVERRIDING SYSTEM VALUE
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        values: [id, at, actor, action, subject, source, result, canonicalText(details)],
      },
      {
        text: `INSERT INTO audit_chain (seq, record, linked_at, previous_hash, hash) VALUES ($1, $2, $3, decode($4, 'hex'), decode($5, 'hex'))`,
        values: [seq, id, linkedAt, previous, hash],
      },
    ];
  });
  await tamper(
    url,
    ...statements,
    {
      text: `UPDATE audit_head SET seq = $1, hash = decode($2, 'hex'), linked_at = $3`,
      values: [last?.seq ?? 0, last?.hash ?? NO_HASH, last?.linkedAt ?? 0],
    },
    `SELECT setval(pg_get_serial_sequence('audit', 'id'), ${(last?.id ?? 0) + 1})`,
  );
}
