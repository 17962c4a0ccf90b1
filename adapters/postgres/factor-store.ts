import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import { type Factor, type FactorTries, NO_TRIES } from '../../src/domain/factor.ts';
import type { FactorStore, WaitingFactor } from '../../src/ports/factor-store.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresFactorStore implements FactorStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async lock(personId: string): Promise<FactorTries> {
    // One statement makes the row or locks the one that is there: whoever comes second waits here and then reads what the first left.
    const row = await this.#db
      .insertInto('factor_tries')
      .values({ person_id: personId, failures: 0, locked_until: null })
      .onConflict((conflict) => conflict.column('person_id').doUpdateSet({ failures: sql<number>`factor_tries.failures` }))
      .returningAll()
      .executeTakeFirstOrThrow();
    return { failures: row.failures, lockedUntil: row.locked_until, locks: row.locks };
  }

  async tries(personId: string): Promise<FactorTries> {
    const row = await this.#db.selectFrom('factor_tries').selectAll().where('person_id', '=', personId).executeTakeFirst();
    return row === undefined ? NO_TRIES : { failures: row.failures, lockedUntil: row.locked_until, locks: row.locks };
  }

  async saveTries(personId: string, { failures, lockedUntil, locks }: FactorTries): Promise<void> {
    const tries = { failures, locked_until: lockedUntil, locks };
    await this.#db.updateTable('factor_tries').set(tries).where('person_id', '=', personId).execute();
  }

  async list(personId: string): Promise<readonly Factor[]> {
    const rows = await this.#db
      .selectFrom('factors')
      .selectAll()
      .where('person_id', '=', personId)
      .where('vouch_until', 'is', null)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(toFactor);
  }

  async insert(factor: Factor, { vouchUntil = null, groups = [] }: Parameters<FactorStore['insert']>[1] = {}): Promise<boolean> {
    const row = await this.#db
      .insertInto('factors')
      .values({ ...toRow(factor), vouch_until: vouchUntil, groups: storable(groups) })
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async groupsOf(personId: string): Promise<readonly string[]> {
    const rows = await this.#db.selectFrom('factors').select('groups').where('person_id', '=', personId).execute();
    return [...new Set(rows.flatMap(({ groups }) => groups as readonly string[]))];
  }

  async waiting(personId: string): Promise<readonly WaitingFactor[]> {
    const rows = await this.#db
      .selectFrom('factors')
      .selectAll()
      .where('person_id', '=', personId)
      .where('vouch_until', 'is not', null)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(toWaiting);
  }

  async findWaiting(id: string): Promise<WaitingFactor | null> {
    const row = await this.#db
      .selectFrom('factors')
      .selectAll()
      .where(sql<string>`id::text`, '=', id)
      .where('vouch_until', 'is not', null)
      .executeTakeFirst();
    return row === undefined ? null : toWaiting(row);
  }

  async vouch(id: string, now: number): Promise<boolean> {
    const row = await this.#db
      .updateTable('factors')
      .set({ vouch_until: null })
      .where(sql<string>`id::text`, '=', id)
      .where('vouch_until', '>', now)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async removeWaiting(personId: string): Promise<void> {
    await this.#db.deleteFrom('factors').where('person_id', '=', personId).where('vouch_until', 'is not', null).execute();
  }

  async markUsed(id: string, { at, step, counter }: { at: number; step?: number; counter?: number }): Promise<void> {
    await this.#db
      .updateTable('factors')
      .set({ last_used_at: at, ...(step === undefined ? {} : { last_step: step }), ...(counter === undefined ? {} : { counter }) })
      .where('id', '=', id)
      .execute();
  }

  async remove(personId: string, id: string): Promise<boolean> {
    const row = await this.#db
      .deleteFrom('factors')
      .where('person_id', '=', personId)
      .where(sql<string>`id::text`, '=', id)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async removeAll(personId: string): Promise<number> {
    await this.#db.deleteFrom('recovery_codes').where('person_id', '=', personId).execute();
    const rows = await this.#db.deleteFrom('factors').where('person_id', '=', personId).returning('id').execute();
    return rows.length;
  }

  async replaceRecoveryCodes(personId: string, hashes: readonly string[]): Promise<void> {
    await this.#db.deleteFrom('recovery_codes').where('person_id', '=', personId).execute();
    if (hashes.length === 0) return;
    const rows = hashes.map((hash) => ({ person_id: personId, hash, used_at: null }));
    await this.#db.insertInto('recovery_codes').values(rows).execute();
  }

  async useRecoveryCode(personId: string, hash: string, at: number): Promise<boolean> {
    const row = await this.#db
      .updateTable('recovery_codes')
      .set({ used_at: at })
      .where('person_id', '=', personId)
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .returning('hash')
      .executeTakeFirst();
    return row !== undefined;
  }

  async isUsedRecoveryCode(personId: string, hash: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('recovery_codes')
      .select('hash')
      .where('person_id', '=', personId)
      .where('hash', '=', hash)
      .where('used_at', 'is not', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  async recoveryCodesLeft(personId: string): Promise<number> {
    const row = await this.#db
      .selectFrom('recovery_codes')
      .select((eb) => eb.fn.countAll<string>().as('left'))
      .where('person_id', '=', personId)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(row.left);
  }
}

function toRow(factor: Factor): Omit<Insertable<Tables['factors']>, 'groups'> {
  const { id, personId, kind, createdAt, lastUsedAt } = factor;
  const common = { id, person_id: personId, kind, name: storableText(factor.name), created_at: createdAt, last_used_at: lastUsedAt };
  return factor.kind === 'totp'
    ? { ...common, sealed: Buffer.from(factor.sealed), last_step: factor.lastStep }
    : {
        ...common,
        credential_id: factor.credentialId,
        public_key: Buffer.from(factor.publicKey),
        counter: factor.counter,
        transports: storable(factor.transports),
      };
}

function toWaiting(row: Selectable<Tables['factors']>): WaitingFactor {
  return { factor: toFactor(row), until: row.vouch_until ?? 0 };
}

function toFactor(row: Selectable<Tables['factors']>): Factor {
  const common = { id: row.id, personId: row.person_id, name: row.name, createdAt: row.created_at, lastUsedAt: row.last_used_at };
  if (row.kind === 'totp' && row.sealed !== null && row.last_step !== null) {
    return { ...common, kind: 'totp', sealed: new Uint8Array(row.sealed), lastStep: row.last_step };
  }
  if (row.kind === 'passkey' && row.credential_id !== null && row.public_key !== null && row.counter !== null) {
    const { credential_id: credentialId, public_key: publicKey, counter } = row;
    const transports = (row.transports ?? []) as readonly string[];
    return { ...common, kind: 'passkey', credentialId, publicKey: new Uint8Array(publicKey), counter, transports };
  }
  // The table's own conditions do not let such a row in.
  throw new Error(`factor ${row.id} is of no known kind`);
}
