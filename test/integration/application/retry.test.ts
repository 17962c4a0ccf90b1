import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestDeployment } from '../../../src/application/request-deployment.ts';
import { retryDeployment } from '../../../src/application/retry-deployment.ts';
import type { DeploymentRequest } from '../../../src/application/use-cases.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { type Name, personOf, policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 5 });
});
afterAll(() => test.drop());

/** Somebody's deployment that is over, in an unprotected environment. */
async function setUp(members: Partial<DeploymentRequest> = {}) {
  const policy = policyOf([{ count: 1, from: ['admin'] }]);
  const lab = await ApprovalLab.open([test.database], { policy, environment: { protected: false, approvals: null } });
  const origin = () => ({ platform: 'web', channel: 'ops', deliveryId: randomUUID() });
  const request = { person: personOf('dana', lab.suffix), app: lab.app, environment: 'production', version: '1.0.0', reason: null };
  const asked = await requestDeployment(lab.parts(), { ...request, origin: origin(), ...members });
  if (isRefusal(asked)) throw new Error(asked.message);
  const { id } = asked.deployment;
  await lab.stores.deployments.transition(id, 'queued', 'cancelled', { finishedAt: lab.now }, null);
  const retry = (name: Name) => retryDeployment(lab.parts(), { deploymentId: id, person: personOf(name, lab.suffix), origin: origin() });
  const retried = async (name: Name): Promise<Deployment> => {
    const again = await retry(name);
    if (isRefusal(again)) throw new Error(again.message);
    return again.deployment;
  };
  return { lab, id, retry, retried };
}

describe('a retry', () => {
  it('says nothing for anybody where people have to say why, and tells what to type', async () => {
    const { lab, retry } = await setUp({ reason: 'OPS-1 checkout' });
    lab.environment = { ...lab.environment, reason: { pattern: null, example: 'OPS-123 why' } };
    for (const name of ['dana', 'olga'] as const) {
      expect(await retry(name)).toMatchObject({
        refused: 'reason_required',
        hint: `Type: /deploy ${lab.app} production 1.0.0 --reason "OPS-123 why"`,
      });
    }
  });

  it('of a promotion tells how to promote it again', async () => {
    const { lab, retry } = await setUp({ promotedFrom: 'staging', pins: new Map() });
    lab.environment = { ...lab.environment, reason: { pattern: null, example: null } };
    expect(await retry('dana')).toMatchObject({ hint: `Type: /promote ${lab.app} staging production --reason "why it is needed"` });
  });

  it('says again what the same person said, and nothing that another did', async () => {
    const { id, retried } = await setUp({ reason: 'OPS-1 checkout' });
    expect((await retried('dana')).reason).toBe('OPS-1 checkout');
    expect((await retried('olga')).reason).toBe(`retry of ${id}`);
  });

  it('of a promotion takes the images that it took, although their tag has moved, and is a promotion', async () => {
    const tried = 'shop/web:1.0.0@sha256:tried';
    const { lab, retried } = await setUp({ promotedFrom: 'staging', pins: new Map([['shop/web:1.0.0', tried]]) });
    lab.set({ image: 'moved' });
    const again = await retried('dana');
    expect(again.promotedFrom).toBe('staging');
    const release = await lab.stores.releases.find(again.releaseId);
    expect(release?.spec.services['web']?.pinnedImage).toBe(tried);
  });

  it('of a deployment takes what its tags name now', async () => {
    const { lab, retried } = await setUp();
    lab.set({ image: 'moved' });
    const again = await retried('dana');
    expect((await lab.stores.releases.find(again.releaseId))?.spec.services['web']?.pinnedImage).toBe('shop/web:1.0.0@sha256:moved');
  });

  it('is refused to whoever may not deploy, and of what there is not', async () => {
    const { lab, retry } = await setUp();
    expect(await retry('vera')).toMatchObject({ refused: 'not_allowed' });
    const person = personOf('dana', lab.suffix);
    const origin = { platform: 'web', channel: 'ops', deliveryId: randomUUID() };
    expect(await retryDeployment(lab.parts(), { deploymentId: 'none', person, origin })).toMatchObject({ refused: 'unknown_deployment' });
  });
});
