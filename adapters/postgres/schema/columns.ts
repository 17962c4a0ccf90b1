import type { ColumnType, JSONColumnType } from 'kysely';

/** A document as JSON text made by `storable` (documents.ts), read back as what was stored. */
export type Document = JSONColumnType<object, string, string>;
export type NullableDocument = ColumnType<object | null, string | null, string | null>;
