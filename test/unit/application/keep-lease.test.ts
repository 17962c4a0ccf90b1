import { describe, expect, it } from 'vitest';
import { HeldLease } from '../../../src/application/keep-lease.ts';
import type { Database, Stores } from '../../../src/ports/database.ts';
import { FenceLostError, StoreUnavailableError } from '../../../src/ports/faults.ts';
import { FakeClock, FakeLeases, NO_METRICS, only, someParts } from '../../support/builders-parts.ts';

const FENCE = { stack: 'shop-staging', deploymentId: 'd1', fence: 4 };
const TTL_MS = 8000;

function hold() {
  const clock = new FakeClock();
  const leases = new FakeLeases(clock, FENCE, TTL_MS);
  const counted = { lost: 0 };
  const metrics = {
    ...NO_METRICS,
    leaseLost: () => {
      counted.lost += 1;
    },
  };
  const database = only<Database>('database', { stores: only<Stores>('stores', { leases: leases.store }) });
  const lease = new HeldLease(someParts({ clock, database, metrics, leaseTtlMs: TTL_MS }), FENCE);
  return { clock, leases, lease, counted };
}

describe('a held lease', () => {
  it('is renewed long before it ends, for as long as it is held', async () => {
    const { clock, leases, lease } = hold();
    await clock.advance(10 * TTL_MS);
    expect(leases.expiresAt - clock.now()).toBeGreaterThan(TTL_MS / 2);
    await lease.check();
    await lease.release();
    expect(leases.holder).toBeNull();
  });

  it('is not renewed after it was released', async () => {
    const { clock, leases, lease } = hold();
    await clock.advance(TTL_MS);
    await lease.release();
    const { renewals } = leases;
    await clock.advance(10 * TTL_MS);
    expect(leases.renewals).toBe(renewals);
    expect(clock.sleepers).toBe(0);
  });

  it('survives one renewal that did not reach the database', async () => {
    const { clock, leases, lease } = hold();
    leases.isAway = true;
    await clock.advance(TTL_MS / 4);
    leases.isAway = false;
    await clock.advance(TTL_MS / 4);
    expect(leases.isHeld(FENCE)).toBe(true);
    expect(lease.signal.aborted).toBe(false);
    await lease.release();
  });

  it('lets no write through while the database is away', async () => {
    const { leases, lease } = hold();
    leases.isAway = true;
    await expect(lease.check()).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(lease.signal.aborted).toBe(false);
    leases.isAway = false;
    await lease.check();
    await lease.release();
  });

  it('is lost at the next renewal after another worker took it, and aborts the run once', async () => {
    const { clock, leases, lease, counted } = hold();
    leases.holder = { ...FENCE, fence: 5 };
    expect(lease.signal.aborted).toBe(false);
    await clock.advance(TTL_MS / 4);
    expect(lease.signal.aborted).toBe(true);
    lease.lose();
    expect(counted.lost).toBe(1);
    const { renewals } = leases;
    await clock.advance(TTL_MS);
    expect(leases.renewals).toBe(renewals);
  });

  it('lets no write through once another worker took it, also before the renewal notices', async () => {
    const { leases, lease, counted } = hold();
    leases.holder = { ...FENCE, fence: 5 };
    await expect(lease.check()).rejects.toBeInstanceOf(FenceLostError);
    expect(lease.signal.aborted).toBe(true);
    await expect(lease.check()).rejects.toBeInstanceOf(FenceLostError);
    expect(counted.lost).toBe(1);
  });

  it('does not release what belongs to another worker', async () => {
    const { leases, lease } = hold();
    leases.holder = { ...FENCE, fence: 5 };
    await expect(lease.check()).rejects.toBeInstanceOf(FenceLostError);
    // A lost lease is not asked about again: the database may be away by now.
    leases.isAway = true;
    await lease.release();
    expect(leases.holder).toEqual({ ...FENCE, fence: 5 });
  });

  it('goes on with one that ran out while everything stood still and that nobody took', async () => {
    const { leases, lease } = hold();
    leases.expiresAt = 0;
    await lease.check();
    expect(leases.isHeld(FENCE)).toBe(true);
    await lease.release();
  });

  it('stops the run and frees the environment when it is handed over, and counts no loss', async () => {
    const { leases, lease, counted } = hold();
    lease.handOver();
    expect(lease.signal.aborted).toBe(true);
    await expect(lease.check()).rejects.toBeInstanceOf(FenceLostError);
    await lease.release();
    expect(leases.holder).toBeNull();
    expect(counted.lost).toBe(0);
  });
});
