import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parts } from '../../../src/application/parts.ts';
import { requestDeployment } from '../../../src/application/request-deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { type Name, personOf, policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 20 });
});
afterAll(() => test.drop());

/** Four deployments an hour, so two for each person. */
async function setUp() {
  const lab = await ApprovalLab.open([test.database, test.another()], { policy: policyOf([{ count: 1, from: ['admin'] }]) });
  const ask = async (name: Name, version = '1.0.0', view = 0): Promise<string> => {
    const parts: Parts = lab.parts(view);
    const limits = { ...parts.workspace().limits, deploymentsPerHour: 4 };
    const origin = { platform: 'web', channel: 'ops', deliveryId: randomUUID() };
    const request = { person: personOf(name, lab.suffix), app: lab.app, environment: 'production', version, reason: null, origin };
    const asked = await requestDeployment({ ...parts, workspace: () => ({ ...parts.workspace(), limits }) }, request);
    return isRefusal(asked) ? asked.refused : asked.deployment.state;
  };
  return { lab, ask };
}

describe('the hour’s deployments of an environment', () => {
  it('are not used up by what is refused', async () => {
    const { lab, ask } = await setUp();
    for (let index = 0; index < 5; index += 1) expect(await ask('dana', 'no version !')).toBe('invalid_arguments');
    const holder = { id: lab.idOf('olga'), name: 'Olga' };
    const id = randomUUID();
    const scope = { app: lab.app, environment: 'production' };
    await lab.stores.locks.take({ id, scope, holder, reason: null, since: lab.now, expiresAt: null });
    for (let index = 0; index < 3; index += 1) expect(await ask('dana')).toBe('locked');
    await lab.stores.locks.end(id, 'released', holder.id, lab.now);
    expect(await ask('dana')).toBe('awaiting_approval');
    expect(await ask('olga')).toBe('awaiting_approval');
    await lab.close();
  });

  it('are not used up by one person, and come back after an hour', async () => {
    const { lab, ask } = await setUp();
    const asked = [await ask('dana'), await ask('dana'), await ask('dana'), await ask('olga'), await ask('olga'), await ask('bob')];
    const [yes, no] = ['awaiting_approval', 'rate_limited'];
    expect(asked).toEqual([yes, yes, no, yes, yes, no]);
    lab.now += 3_600_001;
    expect(await ask('dana')).toBe(yes);
    await lab.close();
  });

  it('are no more for whoever asks many times at once, from several processes', async () => {
    const { lab, ask } = await setUp();
    const asked = await Promise.all([0, 1, 0, 1, 0, 1].map((view) => ask('dana', '1.0.0', view)));
    expect(asked.filter((state) => state === 'awaiting_approval')).toHaveLength(2);
    expect(asked.filter((state) => state === 'rate_limited')).toHaveLength(4);
    await lab.close();
  });
});
