import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Delivery, newDelivery } from '../../src/domain/delivery.ts';
import type { StoredMessage } from '../../src/domain/stored-message.ts';
import type { Fence } from '../../src/ports/database.ts';
import { aDeployment, aMessage, aRelease } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

const PROGRESS = { position: 7, spending: { edits: { T1: [1, 2] } } };

/** What every DeliveryStore promises. */
export function describeDeliveries(views: Views): void {
  const stores = () => views().database.stores;
  /** Deliveries of these tests are nobody else's: the intake's own tests take over whatever is free. */
  const OURS = { claimant: 'deliveries', forMs: 3_600_000 };
  const aPlatform = () => `platform-${randomUUID().slice(0, 8)}`;

  async function lease(platform: string): Promise<Fence> {
    const fence = await stores().leases.acquire(`delivery:${platform}`, 'delivery', 'me', 60_000);
    if (fence === null) throw new Error('the lease is taken');
    return fence;
  }

  const save = (fence: Fence, platform: string, deliveries: readonly Delivery[], progress = PROGRESS) =>
    views().database.transact((inside) => inside.deliveries.save(fence, platform, deliveries, progress));

  const insert = (platform: string, changes: Parameters<typeof aMessage>[0] = {}): Promise<StoredMessage> =>
    stores().messages.insert(aMessage({ platform, ...changes }));

  describe('deliveries', () => {
    it('are read with their messages in the order of change, the bot’s only', async () => {
      const platform = aPlatform();
      const first = await insert(platform);
      await insert(platform, { author: { kind: 'person', id: 'ada', name: 'Ada' } });
      const second = await insert(platform, { threadRoot: first.id });
      const changes = await stores().deliveries.changedSince(platform, 0, 10);
      // A reply changes the number of replies of its root.
      expect(changes.map(({ message }) => message.id)).toEqual([second.id, first.id]);
      expect(changes.every(({ delivery, root, answers }) => delivery === null && root === null && answers === null)).toBe(true);
      const after = await stores().deliveries.changedSince(platform, second.position, 10);
      expect(after.map(({ message }) => message.id)).toEqual([first.id]);
      expect(await stores().deliveries.changedSince(platform, 0, 1)).toHaveLength(1);
      expect(await stores().deliveries.changedSince(aPlatform(), 0, 10)).toEqual([]);
    });

    it('come back as they were saved, with their roots’', async () => {
      const platform = aPlatform();
      const root = await insert(platform);
      const reply = await insert(platform, { threadRoot: root.id });
      const fence = await lease(platform);
      const standing: Delivery = {
        ...newDelivery(root.id),
        state: 'delivered',
        remoteId: 'R1',
        shown: { fingerprint: 'f', position: root.position },
      };
      const waiting: Delivery = {
        ...newDelivery(reply.id),
        posting: { fingerprint: 'g', position: 3, since: 4 },
        sentTo: 'D1',
        looks: 1,
        attempts: 2,
        nextAt: 5,
        reposts: 1,
        refused: 'h',
        reason: 'why',
      };
      expect(await save(fence, platform, [standing, newDelivery(reply.id)])).toBe(true);
      expect(await save(fence, platform, [waiting])).toBe(true);
      expect(await stores().deliveries.find(root.id)).toEqual(standing);
      expect((await stores().deliveries.messageAt(platform, 'R1'))?.id).toBe(root.id);
      expect(await stores().deliveries.messageAt(platform, 'R2')).toBeNull();
      expect(await stores().deliveries.messageAt(aPlatform(), 'R1')).toBeNull();
      const [pending, ...others] = await stores().deliveries.pending(platform, [], 10);
      expect(others).toEqual([]);
      expect(pending).toMatchObject({ message: { id: reply.id }, delivery: waiting, root: standing });
      expect(await stores().deliveries.pending(platform, [reply.id], 10)).toEqual([]);
      expect(await stores().deliveries.progress(platform)).toEqual(PROGRESS);
      expect(await stores().deliveries.progress(aPlatform())).toEqual({ position: 0, spending: { edits: {} } });
    });

    it('are not written by a former holder of the lease', async () => {
      const platform = aPlatform();
      const { id } = await insert(platform);
      const fence = await lease(platform);
      await stores().leases.release(fence);
      expect(await save(fence, platform, [newDelivery(id)])).toBe(false);
      expect(await stores().deliveries.find(id)).toBeNull();
      expect((await stores().deliveries.progress(platform)).position).toBe(0);
    });

    it('list what could not be delivered, with its reason, newest first', async () => {
      const platform = aPlatform();
      const [first, second, third] = [await insert(platform), await insert(platform), await insert(platform)];
      const lost = (id: string): Delivery => ({ ...newDelivery(id), state: 'undeliverable', reason: 'archived' });
      await save(await lease(platform), platform, [lost(first.id), lost(second.id), newDelivery(third.id)]);
      expect((await stores().deliveries.undeliverable(platform, 10)).map(({ messageId }) => messageId)).toEqual([second.id, first.id]);
    });

    it('know whom an answer answers', async () => {
      const platform = aPlatform();
      const deliveryId = randomUUID();
      const delivery = {
        platform,
        deliveryId,
        channel: 'C1',
        accountId: 'T1/U1',
        payload: Uint8Array.of(1),
        handle: Uint8Array.of(2),
        receivedAt: 9,
        token: 't',
      };
      await stores().intake.keep([{ delivery, claim: OURS }]);
      await stores().intake.finish(platform, deliveryId, 10);
      await insert(platform, { key: `reply:${deliveryId}`, privateTo: 'ada' });
      const [answer] = await stores().deliveries.changedSince(platform, 0, 10);
      const answers = { deliveryId, accountId: 'T1/U1', handle: Uint8Array.of(2), receivedAt: 9 };
      expect(answer?.answers).toEqual(answers);
      await insert(platform, { key: `unposted:${deliveryId}`, privateTo: 'ada' });
      expect((await stores().deliveries.changedSince(platform, answer?.message.position ?? 0, 10))[0]?.answers).toEqual(answers);
    });

    it('know who asked for an answer, and for a card where it was asked for', async () => {
      const platform = aPlatform();
      const [deliveryId, channel] = [randomUUID(), 'C1'];
      const kept = {
        platform,
        deliveryId,
        channel,
        accountId: 'T1/U1',
        payload: Uint8Array.of(1),
        handle: null,
        receivedAt: 9,
        token: 't',
      };
      await stores().intake.keep([{ delivery: kept, claim: OURS }]);
      const release = aRelease();
      await stores().releases.insert(release);
      const deployment = aDeployment({ releaseId: release.id, origin: { platform, channel } });
      await stores().deployments.insert(deployment, deliveryId);
      const card = `card:${deployment.id}`;
      const asked = { deliveryId, accountId: 'T1/U1' };
      const rows: readonly (readonly [key: string, channel: string, expected: typeof asked | null])[] = [
        [`reply:${deliveryId}`, channel, asked],
        [card, channel, asked],
        [card, 'C2', null],
        ['card:unknown', channel, null],
        [`reply:${randomUUID()}`, channel, null],
        ['note:1', channel, null],
      ];
      for (const [key, where, expected] of rows) {
        const { id } = await insert(platform, { key, channel: where });
        expect(await stores().deliveries.askedBy(id), `${key} in ${where}`).toEqual(expected);
      }
    });

    it('are saved by the thousand', async () => {
      const platform = aPlatform();
      const messages = await Promise.all(Array.from({ length: 1_200 }, () => insert(platform)));
      expect(
        await save(
          await lease(platform),
          platform,
          messages.map(({ id }) => newDelivery(id)),
        ),
      ).toBe(true);
      expect(await stores().deliveries.pending(platform, [], 2_000)).toHaveLength(1_200);
    });
  });
}
