import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { FAILPOINTS, type Failpoint } from '../../../src/application/failpoints.ts';
import { Lanes } from '../../support/recovery/lanes.ts';
import { VERSIONS } from '../../support/recovery/tiny-app.ts';
import { currentRelease, expectBack, expectForward } from '../../support/recovery/truth.ts';
import { buildTestImages } from '../../support/test-images.ts';

/** On which way each lies; a new name does not compile until it stands here. */
const WAY: Readonly<Record<Failpoint, 'forward' | 'back'>> = {
  'lease-acquired': 'forward',
  started: 'forward',
  prepared: 'forward',
  'previous-recorded': 'forward',
  'objects-created': 'forward',
  validated: 'forward',
  'before-apply': 'forward',
  'after-apply': 'forward',
  'progress-saved': 'forward',
  'rolled-out': 'forward',
  verified: 'forward',
  'cleaned-up': 'forward',
  'before-finish': 'forward',
  'after-finish': 'forward',
  'turned-back': 'back',
  'before-restore': 'back',
  'after-restore': 'back',
  'taken-back': 'back',
};

/** Between the same effects of later services and waves, and the ends of the way back. */
const ALSO: readonly { readonly order: string; readonly way: 'forward' | 'back' }[] = [
  { order: 'after-apply:2=kill', way: 'forward' },
  { order: 'before-apply:3=kill', way: 'forward' },
  { order: 'after-apply:3=kill', way: 'forward' },
  { order: 'progress-saved:3=kill', way: 'forward' },
  { order: 'progress-saved:3=kill', way: 'back' },
  { order: 'after-restore:2=kill', way: 'back' },
  { order: 'before-finish=kill', way: 'back' },
  { order: 'after-finish=kill', way: 'back' },
];

const lanes = new Lanes(3);

beforeAll(() => buildTestImages(connectDocker(inject('dockerHost'))));
afterAll(() => lanes.close());

async function killAndTakeOver(order: string, way: 'forward' | 'back'): Promise<void> {
  await lanes.use(async (lane) => {
    const { lab } = lane;
    const before = await currentRelease(lab);
    const next = before.revision?.version === VERSIONS.first ? VERSIONS.second : VERSIONS.first;
    const doomed = await lane.worker(order);
    const { id } = await lab.deploy(way === 'forward' ? next : VERSIONS.broken);
    await doomed.diedAt(/^[a-z-]+/.exec(order)?.[0] ?? order);
    await lane.worker(null);
    const ended = await lab.ended(id);
    if (way === 'forward') await expectForward(lab, ended, before);
    else await expectBack(lab, ended, before, 'rolled_back');
  });
}

describe('a worker that is killed', { timeout: 150_000 }, () => {
  for (const name of FAILPOINTS) {
    const way = WAY[name];
    const end = way === 'forward' ? 'the new release succeeds' : 'the old release is back';
    it.concurrent(`at ${name}: another takes over and ${end}`, () => killAndTakeOver(`${name}=kill`, way));
  }
  for (const { order, way } of ALSO) it.concurrent(`at ${order} on the way ${way}: another takes over`, () => killAndTakeOver(order, way));
});
