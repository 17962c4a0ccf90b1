import { type Kysely, type RawBuilder, sql } from 'kysely';
import {
  configurationBinding,
  factorBinding,
  installationBinding,
  intakeBinding,
  messageBinding,
  parkedSecretBinding,
  pendingFactorBinding,
  releaseContentBinding,
  secretBinding,
} from '../../src/ports/sealed-bindings.ts';
import type { SealedPlaces, SealedValue } from '../../src/ports/sealed-places.ts';
import type { Tables } from './schema.ts';

type Place = {
  readonly table: keyof Tables;
  readonly column: string;
  /** Columns of its primary key. */
  readonly key: readonly string[];
  /** Columns that the binding needs beside the key. */
  readonly beside?: readonly string[];
  readonly boundTo: (row: (column: string) => string) => string;
};

const delivery = (row: (column: string) => string) => ({ platform: row('platform'), deliveryId: row('delivery_id') });
const target = (row: (column: string) => string) => ({ app: row('app'), environment: row('environment'), name: row('name') });
const owned = (row: (column: string) => string) => ({ id: row('id'), personId: row('person_id') });

/** A test compares this with the columns that the migrations made. */
const PLACES: readonly Place[] = [
  { table: 'release_contents', column: 'sealed', key: ['fingerprint'], boundTo: (row) => releaseContentBinding(row('fingerprint')) },
  {
    table: 'configuration_versions',
    column: 'sealed',
    key: ['number'],
    beside: ['sha'],
    boundTo: (row) => configurationBinding(row('sha')),
  },
  {
    table: 'installations',
    column: 'sealed',
    key: ['platform', 'workspace'],
    boundTo: (row) => installationBinding(row('platform'), row('workspace')),
  },
  { table: 'intake', column: 'payload', key: ['platform', 'delivery_id'], boundTo: (row) => intakeBinding(delivery(row), 'asked') },
  { table: 'intake', column: 'handle', key: ['platform', 'delivery_id'], boundTo: (row) => intakeBinding(delivery(row), 'handle') },
  {
    table: 'secrets',
    column: 'sealed',
    key: ['id'],
    beside: ['app', 'environment', 'name', 'version'],
    boundTo: (row) => secretBinding(target(row), Number(row('version'))),
  },
  {
    table: 'parked_secrets',
    column: 'sealed',
    key: ['id'],
    beside: ['app', 'environment', 'name', 'person_id'],
    boundTo: (row) => parkedSecretBinding({ ...target(row), ...owned(row) }),
  },
  { table: 'factors', column: 'sealed', key: ['id'], beside: ['person_id'], boundTo: (row) => factorBinding(owned(row)) },
  { table: 'factor_links', column: 'pending', key: ['id'], beside: ['person_id'], boundTo: (row) => pendingFactorBinding(owned(row)) },
  {
    table: 'messages',
    column: 'sealed',
    key: ['id'],
    beside: ['platform', 'channel', 'key', 'private_to'],
    boundTo: (row) =>
      messageBinding({ id: row('id'), platform: row('platform'), channel: row('channel'), key: row('key'), privateTo: row('private_to') }),
  },
];

const nameOf = ({ table, column }: Place): string => `${table}.${column}`;

export class PostgresSealedPlaces implements SealedPlaces {
  readonly names = PLACES.map(nameOf);
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async underOtherKeys(
    name: string,
    beginning: Uint8Array,
    after: readonly string[] | null,
    limit: number,
  ): Promise<readonly SealedValue[]> {
    const place = placeOf(name);
    const order = sql.join(place.key.map(asText));
    const columns = sql.join([...place.key, ...(place.beside ?? [])].map((column) => sql`${asText(column)} AS ${sql.ref(column)}`));
    const from = after === null ? sql`` : sql`AND (${order}) > (${sql.join(after)})`;
    const { rows } = await sql<Record<string, string> & { sealed_bytes: Buffer }>`
      SELECT ${columns}, ${sql.ref(place.column)} AS sealed_bytes FROM ${sql.table(place.table)}
      WHERE ${sql.ref(place.column)} IS NOT NULL AND NOT ${beginsLike(place, beginning)} ${from}
      ORDER BY ${order} LIMIT ${limit}`.execute(this.#db);
    return rows.map((row) => ({
      key: place.key.map((column) => row[column] ?? ''),
      boundTo: place.boundTo((column) => row[column] ?? ''),
      sealed: new Uint8Array(row.sealed_bytes),
    }));
  }

  async replace(name: string, { key, sealed: before }: SealedValue, sealed: Uint8Array): Promise<boolean> {
    const place = placeOf(name);
    const column = sql.ref(place.column);
    const isRow = sql.join(
      place.key.map((part, index) => sql`${asText(part)} = ${key[index]}`),
      sql` AND `,
    );
    const { numAffectedRows } = await sql`
      UPDATE ${sql.table(place.table)} SET ${column} = ${Buffer.from(sealed)}
      WHERE ${isRow} AND ${column} = ${Buffer.from(before)}`.execute(this.#db);
    return numAffectedRows === 1n;
  }

  async count(name: string, beginning: Uint8Array | null): Promise<number> {
    const place = placeOf(name);
    const of = beginning === null ? sql`` : sql`AND ${beginsLike(place, beginning)}`;
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::integer AS count FROM ${sql.table(place.table)} WHERE ${sql.ref(place.column)} IS NOT NULL ${of}`.execute(this.#db);
    return rows[0]?.count ?? 0;
  }
}

function placeOf(name: string): Place {
  const place = PLACES.find((candidate) => nameOf(candidate) === name);
  if (place === undefined) throw new Error(`there is no place ${name}`);
  return place;
}

/** One order for keys of any type. */
function asText(column: string): RawBuilder<string> {
  return sql`${sql.ref(column)}::text COLLATE "C"`;
}

function beginsLike({ column }: Place, beginning: Uint8Array): RawBuilder<boolean> {
  return sql`substring(${sql.ref(column)} FROM 1 FOR ${beginning.length}::integer) = ${Buffer.from(beginning)}`;
}
