import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { everythingWritten } from '../../support/recovery/everything-written.ts';
import { Lab } from '../../support/recovery/lab.ts';
import { VERSIONS } from '../../support/recovery/tiny-app.ts';
import { currentRelease, endRecords, expectBack, expectForward } from '../../support/recovery/truth.ts';
import { buildTestImages } from '../../support/test-images.ts';

beforeAll(() => buildTestImages(connectDocker(inject('dockerHost'))));

let lab: Lab;
afterEach(() => lab.close());

/** Stopped in the middle of a rollout of the second version, at the given `before-apply`. */
async function stopMidRollout(nth: number) {
  lab = await Lab.open();
  const zombie = await lab.startWorker();
  await lab.deployed(VERSIONS.first);
  const before = await currentRelease(lab);
  await zombie.arm(`before-apply:${nth}=stop`);
  const { id } = await lab.deploy(VERSIONS.second);
  await zombie.stoppedAt('before-apply');
  return { zombie, before, id };
}

describe('a worker that stood still past its lease and wakes up', { timeout: 120_000 }, () => {
  it.each([1, 3])(
    'writes nothing after another finished its rollout, and goes on to serve others (stopped before write %i)',
    async (nth) => {
      const { zombie, before, id } = await stopMidRollout(nth);
      const successor = await lab.startWorker();
      await expectForward(lab, await lab.ended(id), before);
      const [end] = await endRecords(lab, await lab.find(id));
      expect(end?.source).toBe(`worker:${successor.holder}`);
      await successor.kill();
      const written = await everythingWritten(lab);

      zombie.signal('SIGCONT');
      await zombie.logged('lost the lease');
      expect(await everythingWritten(lab)).toEqual(written);

      const next = await lab.deployed(VERSIONS.first);
      expect((await endRecords(lab, next)).map((record) => record.source)).toEqual([`worker:${zombie.holder}`]);
    },
  );

  it.each([1, 3])('writes nothing after another took the release back for a cancel (stopped before write %i)', async (nth) => {
    const { zombie, before, id } = await stopMidRollout(nth);
    expect(await lab.cancel(id)).toBe('taking_back');
    const successor = await lab.startWorker();
    await expectBack(lab, await lab.ended(id), before, 'cancelled');
    await successor.kill();
    const written = await everythingWritten(lab);

    zombie.signal('SIGCONT');
    await zombie.logged('lost the lease');
    expect(await everythingWritten(lab)).toEqual(written);
    await expectForward(lab, await lab.deployed(VERSIONS.second), before);
  });

  it('leaves alone what another is in the middle of', async () => {
    const { zombie, before, id } = await stopMidRollout(1);
    const successor = await lab.startWorker('after-apply:2=pause');
    await successor.met('after-apply');
    zombie.signal('SIGCONT');
    await zombie.logged('lost the lease');
    successor.resume();
    await expectForward(lab, await lab.ended(id), before);
    const [end] = await endRecords(lab, await lab.find(id));
    expect(end?.source).toBe(`worker:${successor.holder}`);
  });
});
