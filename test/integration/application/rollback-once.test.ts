import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isOpen } from '../../../src/domain/deployment-state.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { Lab } from '../../support/recovery/lab.ts';
import { ONE_SERVICE, VERSIONS } from '../../support/recovery/tiny-app.ts';

const PEOPLE = 6;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open({ compose: ONE_SERVICE });
});
afterAll(async () => lab?.close());

it('many who click a card’s Roll back at once are given one rollback', async () => {
  const worker = await lab.startWorker();
  await lab.deployed(VERSIONS.first);
  const { id, stack } = await lab.deployed(VERSIONS.second);
  await worker.kill();

  const answers = await Promise.all(
    Array.from({ length: PEOPLE }, () =>
      lab.useCases.requestRollbackOf({
        deploymentId: id,
        person: { id: 'ada', name: 'Ada' },
        origin: { platform: 'test', channel: 'lab', deliveryId: randomUUID() },
      }),
    ),
  );

  const given = answers.map((answer) => (isRefusal(answer) ? answer.message : answer.deployment.id));
  expect(new Set(given).size).toBe(1);
  const all = await lab.parts.database.stores.deployments.list({ stack, limit: 50 });
  expect(all.filter(({ kind }) => kind === 'rollback')).toHaveLength(1);
  expect(all.filter(({ state }) => isOpen(state))).toMatchObject([{ id: given[0], cancelRequestedBy: null }]);
});
