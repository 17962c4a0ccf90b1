import type { Database } from '../ports/database.ts';
import type { Diagnosis } from './use-cases.ts';

/** Who could change the audit trail? What stands in it is checked by `shipmate audit verify`, which takes as long as it takes. */
export async function examineAudit(database: Pick<Database, 'stores'>): Promise<Omit<Diagnosis, 'name'>> {
  const { audit } = database.stores;
  const { seq } = await audit.head();
  const records = `${seq} ${seq === 1 ? 'record' : 'records'} in its chain`;
  if (!(await audit.isChangeable())) return { state: 'ok', found: `${records}; our role can only append to it`, remedy: null };
  return {
    state: 'warning',
    found: `${records}; our role could also change and remove records, because it owns the tables`,
    remedy:
      'Let DATABASE_URL name a role of its own (`shipmate migrate` makes it), and give the owner’s address as DATABASE_MIGRATION_URL. See docs/operations.md.',
  };
}
