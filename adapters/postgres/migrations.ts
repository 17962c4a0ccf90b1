import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import { Fault } from '../../src/ports/faults.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { grantAppRole } from './app-role.ts';
import { asFault } from './connection-errors.ts';
import { createPool } from './pool.ts';

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** The database was migrated by a newer Shipmate. Running older code on it could damage what it does not know. */
export class DatabaseNewerError extends Error {
  readonly code = 'database_newer';

  constructor(unknown: readonly string[]) {
    super(
      `the database is newer than this Shipmate: it has the migrations ${unknown.join(', ')}, which this version does not know. ` +
        'Start the newer version again, or restore a backup from before the upgrade.',
    );
    this.name = 'DatabaseNewerError';
  }
}

/** The database is older than this code, and who we connect as may not change that. */
export class MigrationNotAllowedError extends Fault {
  readonly code = 'migration_not_allowed';
  readonly isTransient = false;

  constructor(pending: readonly string[], cause?: unknown) {
    super(
      `the database lacks the migrations ${pending.join(', ')}, and the role of DATABASE_URL may not make them. ` +
        'Run `shipmate migrate` with DATABASE_MIGRATION_URL, the address as the owner of the tables, beside DATABASE_URL.',
      { cause },
    );
  }
}

/** Files named `<timestamp>-<what>.ts`, run in the order of their names, each once, never edited once landed. */
const provider: MigrationProvider = {
  async getMigrations() {
    const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort();
    const migrations: Record<string, Migration> = {};
    for (const name of names) migrations[name.slice(0, -'.ts'.length)] = await import(pathToFileURL(join(FOLDER, name)).href);
    return migrations;
  },
};

/**
 * Brings the database up to this code and returns what it ran. Safe to call from several processes at once: an advisory
 * lock lets one migrate and the others find nothing left to do. All pending migrations are one transaction.
 * With `ownerUrl` they run as the owner of the tables, and whoever `connectionString` names gets what the application needs of them.
 */
export async function migrate(connectionString: string, ownerUrl: string | null, logger: Logger): Promise<readonly string[]> {
  return withDatabase(ownerUrl ?? connectionString, logger, async (db) => {
    const known = await provider.getMigrations();
    const executed = await executedNames(db);
    refuseNewer(executed, known);
    const pending = Object.keys(known).filter((name) => !executed.includes(name));
    // Not asked of Kysely when there is nothing to do: it would make its own tables, and only their owner may.
    if (pending.length > 0 && !(await mayMakeTables(db))) throw new MigrationNotAllowedError(pending);
    const names = pending.length === 0 ? [] : await runPending(db);
    if (names.length > 0) logger.info({ migrations: names }, 'database migrated');
    if (ownerUrl !== null) await grantAppRole(db, connectionString);
    return names;
  });
}

async function runPending(db: Kysely<Ledger>): Promise<readonly string[]> {
  const { error, results } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw asFault(error);
  return (results ?? []).map((result) => result.migrationName);
}

async function mayMakeTables(db: Kysely<Ledger>): Promise<boolean> {
  const found = await sql<{ may: boolean }>`
    SELECT has_schema_privilege(current_schema(), 'CREATE') AND coalesce(has_table_privilege(to_regclass('kysely_migration'), 'INSERT'), true)
        AS may`.execute(db);
  return found.rows[0]?.may === true;
}

/** The names of the migrations that this database still lacks. Throws DatabaseNewerError when it has some that this code does not know. */
export async function pendingMigrations(connectionString: string, logger: Logger): Promise<readonly string[]> {
  return withDatabase(connectionString, logger, async (db) => {
    const executed = await executedNames(db);
    const known = await provider.getMigrations();
    refuseNewer(executed, known);
    return Object.keys(known).filter((name) => !executed.includes(name));
  });
}

type Ledger = { kysely_migration: { name: string } };

async function withDatabase<T>(connectionString: string, logger: Logger, work: (db: Kysely<Ledger>) => Promise<T>): Promise<T> {
  const pool = createPool({ connectionString, logger, size: 2, statementTimeoutMs: null });
  const db = new Kysely<Ledger>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await work(db);
  } catch (error) {
    throw asFault(error);
  } finally {
    await db.destroy();
  }
}

async function executedNames(db: Kysely<Ledger>): Promise<readonly string[]> {
  const ledger = await sql<{ exists: boolean }>`SELECT to_regclass('kysely_migration') IS NOT NULL AS exists`.execute(db);
  if (ledger.rows[0]?.exists !== true) return [];
  const rows = await db.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  return rows.map((row) => row.name);
}

function refuseNewer(executed: readonly string[], known: Readonly<Record<string, Migration>>): void {
  const unknown = executed.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) throw new DatabaseNewerError(unknown);
}
