import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NewDelivery } from '../../src/ports/intake-store.ts';
import type { Views } from './database-views.ts';

const FAR = 1_000_000;

const aDelivery = (changes: Partial<NewDelivery> = {}): NewDelivery => ({
  platform: 'slack',
  deliveryId: randomUUID(),
  channel: 'C1',
  accountId: 'T1/U1',
  payload: Uint8Array.of(1, 2),
  handle: Uint8Array.of(3),
  receivedAt: 1_000,
  token: randomUUID(),
  ...changes,
});

/** What every IntakeStore promises. `takeOver` takes from the whole database, so every test answers what it kept. */
export function describeIntake(views: Views): void {
  const intake = () => views().database.stores.intake;
  const claimant = () => randomUUID();

  describe('the intake', () => {
    it('keeps a delivery once, whoever gets it, and knows the call that kept it', async () => {
      const delivery = aDelivery();
      const claim = { claimant: claimant(), forMs: FAR };
      const kept = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? views().database : views().other).stores.intake.keep({ ...delivery, token: randomUUID() }, claim),
        ),
      );
      expect(kept.filter((each) => each === 'kept')).toHaveLength(1);
      const again = aDelivery();
      expect(await intake().keep(again, claim)).toBe('kept');
      expect(await intake().keep(again, claim)).toBe('kept');
      expect(await intake().keep({ ...again, platform: 'discord' }, claim)).toBe('kept');
      await intake().finish('slack', delivery.deliveryId, 1);
      for (const platform of ['slack', 'discord']) await intake().finish(platform, again.deliveryId, 1);
    });

    it('gives what nobody claims to one taker, and what is claimed to none', async () => {
      const [free, claimed] = [aDelivery({ receivedAt: 2_000 }), aDelivery({ receivedAt: 1_000 })];
      await intake().keep(free, null);
      await intake().keep(claimed, { claimant: claimant(), forMs: FAR });
      const takers = await Promise.all(
        [views().database, views().other].map((side) => side.stores.intake.takeOver({ claimant: claimant(), forMs: FAR }, 10)),
      );
      const { token: _, ...rest } = free;
      expect(takers.flat()).toEqual([{ ...rest, tries: 1 }]);
      for (const { deliveryId } of [free, claimed]) await intake().finish('slack', deliveryId, 1);
    });

    it('gives a delivery to another when its claim ran out, and not while it is renewed', async () => {
      const delivery = aDelivery();
      const owner = claimant();
      const other = { claimant: claimant(), forMs: FAR };
      await intake().keep(delivery, { claimant: owner, forMs: 1 });
      await intake().renew({ claimant: owner, forMs: FAR }, [delivery]);
      expect(await intake().takeOver(other, 10)).toEqual([]);
      await intake().release('slack', delivery.deliveryId, claimant(), 0);
      expect(await intake().takeOver(other, 10)).toEqual([]);
      await intake().release('slack', delivery.deliveryId, owner, 0);
      expect(await intake().takeOver(other, 10)).toMatchObject([{ deliveryId: delivery.deliveryId, tries: 2 }]);
      await intake().finish('slack', delivery.deliveryId, 1);
    });

    it('takes nothing over that was answered, and still knows it', async () => {
      const delivery = aDelivery();
      await intake().keep(delivery, null);
      await intake().finish('slack', delivery.deliveryId, 1);
      expect(await intake().takeOver({ claimant: claimant(), forMs: FAR }, 10)).toEqual([]);
      expect(await intake().keep({ ...delivery, token: randomUUID() }, null)).toBe('repeated');
    });

    it('never works on what was withdrawn, before or after it came through', async () => {
      const [late, early] = [aDelivery(), aDelivery()];
      await intake().withdraw('slack', late.deliveryId, late.token, 1);
      await intake().keep(late, null);
      await intake().keep(early, null);
      await intake().withdraw('slack', early.deliveryId, early.token, 1);
      expect(await intake().takeOver({ claimant: claimant(), forMs: FAR }, 10)).toEqual([]);
    });

    it('does not withdraw what another call kept', async () => {
      const delivery = aDelivery();
      await intake().keep(delivery, null);
      await intake().withdraw('slack', delivery.deliveryId, randomUUID(), 1);
      expect(await intake().takeOver({ claimant: claimant(), forMs: FAR }, 10)).toHaveLength(1);
      await intake().finish('slack', delivery.deliveryId, 1);
    });

    it('forgets what is old, but nothing that waits for its answer', async () => {
      const [old, waiting] = [aDelivery({ receivedAt: 1 }), aDelivery({ receivedAt: 1 })];
      await intake().keep(old, null);
      await intake().keep(waiting, null);
      await intake().finish('slack', old.deliveryId, 2);
      expect(await intake().prune(0, 1_000)).toBeGreaterThanOrEqual(1);
      expect(await intake().keep(old, null)).toBe('kept');
      expect(await intake().keep({ ...waiting, token: randomUUID() }, null)).toBe('repeated');
      for (const { deliveryId } of [old, waiting]) await intake().finish('slack', deliveryId, 2);
    });
  });
}
