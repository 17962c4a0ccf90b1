import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { Lab } from '../../support/recovery/lab.ts';
import { type Lane, Lanes } from '../../support/recovery/lanes.ts';
import { VERSIONS } from '../../support/recovery/tiny-app.ts';
import { currentRelease, expectBack, expectForward } from '../../support/recovery/truth.ts';
import { buildTestImages } from '../../support/test-images.ts';

/** Windows long enough to act within. */
const lanes = new Lanes(2, { monitor: '2s', verify: '2s' });

beforeAll(() => buildTestImages(connectDocker(inject('dockerHost'))));
afterAll(() => lanes.close());

type Moment = {
  readonly when: string;
  /** Where the worker waits until the cancellation is recorded; otherwise the moment is told by what is recorded. */
  readonly pausedAt?: string;
  readonly isNow?: (lab: Lab, deployment: Deployment) => Promise<boolean>;
  /** What may come of it; more than one where the engine may be faster. */
  readonly ends: readonly ('cancelled' | 'succeeded')[];
};

const phases = async (lab: Lab, id: string): Promise<Record<string, string>> =>
  Object.fromEntries((await lab.parts.database.stores.deployments.progressOf(id)).map((item) => [item.service, item.phase]));

const MOMENTS: readonly Moment[] = [
  { when: 'when it has just started', pausedAt: 'started', ends: ['cancelled'] },
  { when: 'before the first write', pausedAt: 'before-apply', ends: ['cancelled'] },
  { when: 'between the writes of the first wave', pausedAt: 'before-apply:2', ends: ['cancelled'] },
  { when: 'while the first wave settles', pausedAt: 'after-apply', ends: ['cancelled'] },
  { when: 'while the last wave is written', pausedAt: 'after-apply:3', ends: ['cancelled'] },
  {
    when: 'while the last wave is in its monitor window',
    isNow: async (lab, { id }) => (await phases(lab, id))['web'] === 'healthy',
    ends: ['cancelled'],
  },
  { when: 'while it is verified', isNow: async (_lab, { stage }) => stage === 'verify', ends: ['cancelled'] },
  // Verified, but nobody has been told that the release stays: whoever asks now is still heard.
  { when: 'after it was verified', pausedAt: 'verified', ends: ['cancelled'] },
];

describe('a deployment that is cancelled', { timeout: 120_000 }, () => {
  it.concurrent.each(MOMENTS)('$when ends as the old release or the new one, never a mix', (moment) =>
    lanes.use(async (lane) => {
      const { lab } = lane;
      const before = await currentRelease(lab);
      const next = otherThan(before.revision?.version);
      const worker = await lane.worker(moment.pausedAt === undefined ? null : `${moment.pausedAt}=pause`);
      const { id } = await lab.deploy(next);
      const { isNow } = moment;
      if (moment.pausedAt !== undefined) await worker.met(/^[a-z-]+/.exec(moment.pausedAt)?.[0] ?? '');
      if (isNow !== undefined) await lab.until(id, moment.when, (deployment) => isNow(lab, deployment));
      expect(await lab.cancel(id)).toBe('taking_back');
      worker.resume();
      const ended = await lab.ended(id);
      expect(moment.ends).toContain(ended.state);
      if (ended.state === 'succeeded') await expectForward(lab, ended, before);
      else await expectBack(lab, ended, before, 'cancelled');
    }),
  );

  it.concurrent('right before its end is recorded is told that it is too late, and the release stays', () =>
    lanes.use(async (lane) => {
      const { lab } = lane;
      const before = await currentRelease(lab);
      const worker = await lane.worker('before-finish=pause');
      const { id } = await lab.deploy(otherThan(before.revision?.version));
      await worker.met('before-finish');
      expect(await lab.cancel(id)).toBe('already_finished');
      worker.resume();
      const ended = await lab.ended(id);
      expect(ended.state).toBe('succeeded');
      await expectForward(lab, ended, before);
    }));

  it.concurrent('while it waits in the queue ends at once, and whatever waits behind it starts by itself', () =>
    lanes.use(async (lane) => {
      const { lab } = lane;
      const before = await currentRelease(lab);
      const { running, waiting, last } = await threeInARow(lane);
      expect(await lab.cancel(waiting.id)).toBe('cancelled');
      expect((await lab.find(waiting.id)).state).toBe('cancelled');
      lane.resume();
      await lab.ended(running.id);
      const ended = await lab.ended(last.id);
      expect(ended.state).toBe('succeeded');
      expect((await lab.find(waiting.id)).startedAt).toBeNull();
      expect((await currentRelease(lab)).count).toBe(before.count + 2);
    }));

  it.concurrent('while another waits behind it makes way for that one', () =>
    lanes.use(async (lane) => {
      const { lab } = lane;
      const { running, waiting, last } = await threeInARow(lane);
      expect(await lab.cancel(running.id)).toBe('taking_back');
      lane.resume();
      expect((await lab.ended(running.id)).state).toBe('cancelled');
      expect((await lab.ended(waiting.id)).state).toBe('succeeded');
      const before = await currentRelease(lab);
      const ended = await lab.ended(last.id);
      expect(ended).toMatchObject({ state: 'succeeded' });
      expect(ended.startedAt).toBeGreaterThanOrEqual(before.revision?.activeFrom ?? Number.POSITIVE_INFINITY);
    }));
});

function otherThan(version: string | undefined): string {
  return version === VERSIONS.first ? VERSIONS.second : VERSIONS.first;
}

/** One that is held in the middle of its first wave, and two behind it. */
async function threeInARow(lane: Lane) {
  const { lab } = lane;
  const next = otherThan((await currentRelease(lab)).revision?.version);
  const worker = await lane.worker('after-apply=pause');
  const running = await lab.deploy(next);
  await worker.met('after-apply');
  const waiting = await lab.deploy(VERSIONS.first);
  const last = await lab.deploy(VERSIONS.second);
  return { running, waiting, last };
}
