import type { Database } from '../../src/ports/database.ts';

/** Two views of one store, as two processes have them. */
export type DatabaseUnderTest = { readonly database: Database; readonly other: Database; drop(): Promise<void> };
export type Views = () => DatabaseUnderTest;
