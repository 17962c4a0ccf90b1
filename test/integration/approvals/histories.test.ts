import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { historyOf } from '../../support/approvals/histories.ts';
import { live } from '../../support/approvals/live-history.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

/**
 * The approval machine against a simple model (test/support/approvals/approval-model.ts): what people and processes do at once, on
 * connections of their own, has to equal some order of the model. `APPROVAL_HISTORIES=10000` looks at so many, `APPROVAL_SEED` says
 * where to begin: a history follows from its seed, and only how those of one step overlap does not.
 */
const HISTORIES = Number(process.env['APPROVAL_HISTORIES'] ?? 400);
const SEED = Number(process.env['APPROVAL_SEED'] ?? 1);
/** Each is an app of its own; this many are under way, so that the database has something to do while one of them thinks. */
const AT_ONCE = 6;
const VIEWS = 3;

let test: TestDatabase;
let observer: pg.Pool;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
  observer = new pg.Pool({ connectionString: test.url, max: AT_ONCE });
});
afterAll(async () => {
  await observer.end();
  await test.drop();
});

it(`agrees with the model in ${HISTORIES} random histories from seed ${SEED} on`, { timeout: 3_600_000 }, async () => {
  const views = [test.database, ...Array.from({ length: VIEWS - 1 }, () => test.another())];
  const seeds = Array.from({ length: HISTORIES }, (_, index) => SEED + index).values();
  const disagreements: string[] = [];
  const lane = async (): Promise<void> => {
    for (const seed of seeds) {
      const wrong = await live(views, observer, historyOf(seed)).catch((error: unknown) => `it broke: ${String(error)}`);
      if (wrong !== null) disagreements.push(`seed ${seed}: ${wrong}`);
      if (disagreements.length >= 3) return;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  expect(disagreements.join('\n\n')).toBe('');
});
