import { type Kysely, sql } from 'kysely';
import { Fault } from '../../src/ports/faults.ts';
import { codeOf } from './connection-errors.ts';
import { scramVerifier } from './scram.ts';

/** The role that the application works as is not there, and the owner of the tables may not make it. */
export class AppRoleMissingError extends Fault {
  readonly code = 'app_role_missing';
  readonly isTransient = false;

  constructor(role: string, cause: unknown) {
    super(
      `the database has no role “${role}”, as which DATABASE_URL connects, and the role of DATABASE_MIGRATION_URL may not make one. ` +
        `Let an administrator run: CREATE ROLE "${role}" LOGIN PASSWORD '…'`,
      { cause },
    );
  }
}

/** In the lock space of the migrations: 5353 and 1 is the order of messages. */
const GRANTING = sql`pg_advisory_xact_lock(5353, 3)`;
/** BullMQ makes and migrates its own schema, as the application; see adapters/bullmq. */
const QUEUE_SCHEMA = 'shipmate_queue';

/**
 * Makes the application's role if there is none, and gives it what it needs on the tables as they are now: everything on rows, but
 * the audit trail is only read and appended to, and what the migrations keep about themselves only read. The owner runs this
 * after each migration. Nothing happens when the application connects as the owner itself.
 */
export async function grantAppRole<Tables>(db: Kysely<Tables>, appUrl: string): Promise<void> {
  const { username, password } = new URL(appUrl);
  const role = decodeURIComponent(username);
  const found = await sql<{ owner: string; known: boolean }>`
    SELECT current_user AS owner, EXISTS (SELECT FROM pg_roles WHERE rolname = ${role}) AS known`.execute(db);
  const [{ owner, known } = { owner: role, known: true }] = found.rows;
  if (owner === role) return;
  if (!known) await createRole(db, role, decodeURIComponent(password));
  await db.transaction().execute(async (transaction) => {
    await sql`SELECT ${GRANTING}`.execute(transaction);
    const place = await sql<{ name: string; schema: string }>`SELECT current_database() AS name, current_schema() AS schema`.execute(
      transaction,
    );
    for (const { name, schema } of place.rows) for (const statement of grants(role, name, schema)) await statement.execute(transaction);
    await dropForeignQueue(transaction, role);
  });
}

async function createRole<Tables>(db: Kysely<Tables>, role: string, password: string): Promise<void> {
  try {
    await sql`CREATE ROLE ${sql.id(role)} LOGIN PASSWORD ${sql.lit(scramVerifier(password))}`.execute(db);
  } catch (error) {
    // 42710, or 23505 on the catalogue's index: another process made it at the same time.
    if (codeOf(error) === '42501') throw new AppRoleMissingError(role, error);
    if (codeOf(error) !== '42710' && codeOf(error) !== '23505') throw error;
  }
}

function grants(roleName: string, databaseName: string, schemaName: string) {
  const role = sql.id(roleName);
  const schema = sql.id(schemaName);
  const table = (...names: string[]) => sql.join(names.map((name) => sql.id(schemaName, name)));
  const trail = table('audit', 'audit_chain', 'audit_head', 'audit_pruned');
  const ledger = table('kysely_migration', 'kysely_migration_lock');
  return [
    // CREATE, because BullMQ makes its schema itself. TRUNCATE, REFERENCES and TRIGGER are given on nothing.
    sql`GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${sql.id(databaseName)} TO ${role}`,
    sql`REVOKE CREATE ON SCHEMA ${schema} FROM PUBLIC`,
    sql`GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
    sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`,
    sql`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`,
    sql`REVOKE ALL ON ${trail}, ${ledger} FROM ${role}, PUBLIC`,
    sql`GRANT SELECT ON ${trail}, ${ledger} TO ${role}`,
    // Not the id: a number taken ahead of its time would stop whoever comes to it.
    sql`GRANT INSERT (at, actor, action, subject, source, result, details) ON ${table('audit')} TO ${role}`,
    sql`GRANT EXECUTE ON FUNCTION ${sql.id(schemaName, 'prune_audit')} TO ${role}`,
  ];
}

/** From before there were two roles. The queue holds no truth: it is made anew and filled again by the reconciler. */
async function dropForeignQueue<Tables>(db: Kysely<Tables>, role: string): Promise<void> {
  const found = await sql<{ owner: string }>`
    SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = ${QUEUE_SCHEMA}`.execute(db);
  const owner = found.rows[0]?.owner;
  if (owner !== undefined && owner !== role) await sql`DROP SCHEMA ${sql.id(QUEUE_SCHEMA)} CASCADE`.execute(db);
}
