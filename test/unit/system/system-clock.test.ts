import { expect, it } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';

it('tells the time in epoch milliseconds', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
});

it('sleeps, and ends a sleep early without an error when it is aborted', async () => {
  const startedAt = systemClock.now();
  await systemClock.sleep(5);
  expect(systemClock.now() - startedAt).toBeGreaterThanOrEqual(4);
  const aborting = new AbortController();
  const sleeping = systemClock.sleep(600_000, aborting.signal);
  aborting.abort();
  await sleeping;
  await systemClock.sleep(600_000, aborting.signal);
  expect(systemClock.now() - startedAt).toBeLessThan(10_000);
});
