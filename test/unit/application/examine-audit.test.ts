import { describe, expect, it } from 'vitest';
import { examineAudit } from '../../../src/application/examine-audit.ts';
import type { AuditLog } from '../../../src/ports/audit-log.ts';
import type { Database, Stores } from '../../../src/ports/database.ts';
import { only } from '../../support/builders-parts.ts';

function found(isChangeable: boolean) {
  const audit = only<AuditLog>('audit', { head: async () => ({ seq: 12, hash: '' }), isChangeable: async () => isChangeable });
  return examineAudit(only<Database>('database', { stores: only<Stores>('stores', { audit }) }));
}

describe('/doctor about the audit trail', () => {
  it('is content with a role that can only append', async () => {
    expect(await found(false)).toMatchObject({ state: 'ok', found: expect.stringContaining('12 records'), remedy: null });
  });

  it('warns when the application owns the tables, and says what to set', async () => {
    expect(await found(true)).toMatchObject({ state: 'warning', remedy: expect.stringContaining('DATABASE_MIGRATION_URL') });
  });
});
