import { describe } from 'vitest';
import { createTestDatabase } from '../support/postgres.ts';
import { describeDatabaseContract } from './database-contract.ts';

describe('PostgresDatabase', () => {
  describeDatabaseContract(async () => {
    const test = await createTestDatabase({ poolSize: 10 });
    return { database: test.database, other: test.another(), drop: () => test.drop() };
  });
});
