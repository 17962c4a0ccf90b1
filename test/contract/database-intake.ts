import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Claim, IntakeStore, Kept, NewDelivery } from '../../src/ports/intake-store.ts';
import type { Views } from './database-views.ts';

const FAR = 1_000_000;

/** One alone; the port takes several. */
async function keep(store: IntakeStore, delivery: NewDelivery, claim: Claim | null): Promise<Kept | undefined> {
  const [kept] = await store.keep([{ delivery, claim }]);
  return kept;
}

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
          keep((index % 2 === 0 ? views().database : views().other).stores.intake, { ...delivery, token: randomUUID() }, claim),
        ),
      );
      expect(kept.filter((each) => each === 'kept')).toHaveLength(1);
      const again = aDelivery();
      expect(await keep(intake(), again, claim)).toBe('kept');
      expect(await keep(intake(), again, claim)).toBe('kept');
      expect(await keep(intake(), { ...again, platform: 'discord' }, claim)).toBe('kept');
      await intake().finish('slack', delivery.deliveryId, 1);
      for (const platform of ['slack', 'discord']) await intake().finish(platform, again.deliveryId, 1);
    });

    it('keeps several at once, each with its own claim, and tells those that are repeated', async () => {
      const [known, mine, free, twice] = [aDelivery(), aDelivery(), aDelivery(), aDelivery()];
      const claim = { claimant: claimant(), forMs: FAR };
      await keep(intake(), known, claim);
      const repeated = { ...known, token: randomUUID() };
      const again = { ...twice, token: randomUUID() };
      const all = [repeated, mine, free, twice, again].map((delivery) => ({ delivery, claim: delivery === free ? null : claim }));
      expect(await intake().keep(all)).toEqual(['repeated', 'kept', 'kept', 'kept', 'repeated']);
      expect(await intake().takeOver({ claimant: claimant(), forMs: FAR }, 10)).toMatchObject([{ deliveryId: free.deliveryId }]);
      for (const { deliveryId } of [known, mine, free, twice]) await intake().finish('slack', deliveryId, 1);
    });

    it('gives what nobody claims to one taker, and what is claimed to none', async () => {
      const [free, claimed] = [aDelivery({ receivedAt: 2_000 }), aDelivery({ receivedAt: 1_000 })];
      await keep(intake(), free, null);
      await keep(intake(), claimed, { claimant: claimant(), forMs: FAR });
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
      await keep(intake(), delivery, { claimant: owner, forMs: 1 });
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
      await keep(intake(), delivery, null);
      await intake().finish('slack', delivery.deliveryId, 1);
      expect(await intake().takeOver({ claimant: claimant(), forMs: FAR }, 10)).toEqual([]);
      expect(await keep(intake(), { ...delivery, token: randomUUID() }, null)).toBe('repeated');
    });

    it('never works on what was withdrawn, before or after it came through', async () => {
      const [late, early] = [aDelivery(), aDelivery()];
      await intake().withdraw('slack', late.deliveryId, late.token, 1);
      await keep(intake(), late, null);
      await keep(intake(), early, null);
      await intake().withdraw('slack', early.deliveryId, early.token, 1);
      expect(await intake().takeOver({ claimant: claimant(), forMs: FAR }, 10)).toEqual([]);
    });

    it('does not withdraw what another call kept', async () => {
      const delivery = aDelivery();
      await keep(intake(), delivery, null);
      await intake().withdraw('slack', delivery.deliveryId, randomUUID(), 1);
      expect(await intake().takeOver({ claimant: claimant(), forMs: FAR }, 10)).toHaveLength(1);
      await intake().finish('slack', delivery.deliveryId, 1);
    });

    it('forgets what is old, but nothing that waits for its answer', async () => {
      const [old, waiting] = [aDelivery({ receivedAt: 1 }), aDelivery({ receivedAt: 1 })];
      await keep(intake(), old, null);
      await keep(intake(), waiting, null);
      await intake().finish('slack', old.deliveryId, 2);
      expect(await intake().prune(0, 1_000)).toBeGreaterThanOrEqual(1);
      expect(await keep(intake(), old, null)).toBe('kept');
      expect(await keep(intake(), { ...waiting, token: randomUUID() }, null)).toBe('repeated');
      for (const { deliveryId } of [old, waiting]) await intake().finish('slack', deliveryId, 2);
    });
  });
}
