import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 5 });
});
afterAll(() => test.drop());

it('broken glass starts before what was approved and queued earlier, and that after it', async () => {
  const lab = await ApprovalLab.open([test.database], { policy: policyOf([{ count: 1, from: ['admin'] }]), factors: ['bob'] });
  await lab.ran('1.0.0');
  lab.revoke('bob');
  lab.roles.incident.push(lab.idOf('bob'));
  await lab.asks('olga', { version: '1.1.0' });
  expect(await lab.vote('adam', 1, 'approve')).toBe('approved');
  expect(await lab.breakGlass('bob', { reason: 'the checkout is down', step: 7 })).toBe('break_glass queued');
  expect(await lab.run(1)).toBe(false);
  expect(await lab.run(2)).toBe(true);
  expect((await lab.deployment(1)).state).toBe('queued');
  await lab.close();
});
