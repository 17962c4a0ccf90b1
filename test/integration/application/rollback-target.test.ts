import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeploymentState } from '../../../src/domain/deployment-state.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { Lab } from '../../support/recovery/lab.ts';
import { ONE_SERVICE, VERSIONS } from '../../support/recovery/tiny-app.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open({ compose: ONE_SERVICE });
  const worker = await lab.startWorker();
  await lab.deployed(VERSIONS.first);
  await lab.deployed(VERSIONS.second);
  await worker.kill();
});
afterAll(async () => lab?.close());

const rollback = () => ({
  person: { id: 'ada', name: 'Ada' },
  app: lab.app,
  environment: 'lab',
  to: null,
  reason: null,
  origin: { platform: 'test', channel: 'lab', deliveryId: randomUUID() },
});

/** Which release a rollback without a wish would make run, and from which. */
async function wayBack(): Promise<{ from: string; to: string }> {
  const planned = await lab.useCases.planRollback(rollback());
  if (isRefusal(planned)) throw new Error(planned.message);
  return { from: planned.from.version, to: planned.to.version };
}

async function attemptEnds(state: DeploymentState): Promise<void> {
  const { deployments } = lab.parts.database.stores;
  const { id } = await lab.deploy(VERSIONS.broken);
  await deployments.transition(id, 'queued', 'running', { startedAt: lab.parts.clock.now() }, null);
  await deployments.transition(id, 'running', state, { finishedAt: lab.parts.clock.now() }, null);
}

it('leads from a release that runs well to the one before it', async () => {
  expect(await wayBack()).toEqual({ from: VERSIONS.second, to: VERSIONS.first });
});

it.each(['failed', 'errored'] as const)(
  'leads from an attempt that %s and was left in place to the last good release, not one further',
  async (state) => {
    await attemptEnds(state);
    expect(await wayBack()).toEqual({ from: VERSIONS.second, to: VERSIONS.second });
    const requested = await lab.useCases.requestRollback(rollback());
    expect(requested).toMatchObject({ deployment: { kind: 'rollback', version: VERSIONS.second } });
    if (!isRefusal(requested)) await lab.cancel(requested.deployment.id);
  },
);

it('leads past an attempt that was taken back already', async () => {
  await attemptEnds('rolled_back');
  expect(await wayBack()).toEqual({ from: VERSIONS.second, to: VERSIONS.first });
});
