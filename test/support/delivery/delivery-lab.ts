import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import type { DeliveryParts, DeliverySettings } from '../../../src/chat-core/delivery/parts.ts';
import { startDelivery } from '../../../src/chat-core/delivery/start-delivery.ts';
import type { Delivery } from '../../../src/domain/delivery.ts';
import { canonicalJson, type Json } from '../../../src/domain/json.ts';
import type { StoredMessage } from '../../../src/domain/stored-message.ts';
import type { Database } from '../../../src/ports/database.ts';
import { StoreUnavailableError } from '../../../src/ports/faults.ts';
import type { NewMessage } from '../../../src/ports/message-store.ts';
import type { MessengerCapabilities } from '../../../src/ports/messenger.ts';
import { FakePlatform } from '../fake-messenger.ts';
import { silentLogger, type TestDatabase } from '../postgres.ts';
import { NO_DELIVERY_METRICS, turningSealer } from './parts.ts';

export { NO_DELIVERY_METRICS, turningSealer };

/** Rules as in production, waits shorter. */
export const QUICK: Partial<DeliverySettings> = {
  pace: { firstRetryMs: 20, longestRetryMs: 100, lookAfterMs: 50, looks: 4 },
  sweepMs: 200,
  leaseMs: 1_000,
  standbyMs: 50,
  breakMs: 200,
};

export type Lab = ReturnType<typeof deliveryLab>;

/** A platform of its own over the real database; processes that deliver to it are started and killed by the test. */
export function deliveryLab(test: TestDatabase, capabilities: Partial<MessengerCapabilities> = {}) {
  const platform = new FakePlatform(`chat-${randomUUID().slice(0, 8)}`, capabilities);
  const { database } = test;
  const running = new Set<{ stop(): Promise<void> }>();

  const deliver = async (changes: Partial<DeliveryParts> = {}) => {
    const started = await startDelivery({
      messengers: [platform.messenger()],
      database,
      sealer: turningSealer,
      clock: systemClock,
      logger: silentLogger,
      metrics: NO_DELIVERY_METRICS,
      accountOf: async (_platform, person, workspace) => `${workspace}/${person}`,
      directChannelOf: async () => null,
      onChannelGone: async () => undefined,
      ...changes,
      settings: { ...QUICK, ...changes.settings },
    });
    running.add(started);
    return started;
  };

  return {
    platform,
    deliver,
    /** A process that can die: from `kill` on nothing of it reaches the database or the platform, and it gets no answers. */
    async deliverMortally(changes: Partial<DeliveryParts> = {}) {
      let isDead = false;
      const started = await startDelivery({
        messengers: [platform.messenger(() => isDead)],
        database: mortal(test.another(), () => isDead),
        sealer: turningSealer,
        clock: systemClock,
        logger: silentLogger,
        metrics: NO_DELIVERY_METRICS,
        accountOf: async (_platform, person, workspace) => `${workspace}/${person}`,
        directChannelOf: async () => null,
        onChannelGone: async () => undefined,
        ...changes,
        settings: { ...QUICK, ...changes.settings },
      });
      return {
        kill() {
          isDead = true;
          void started.stop();
        },
      };
    },
    async stopAll() {
      await Promise.all([...running].map((each) => each.stop()));
    },
    async write(content: Json, changes: Partial<NewMessage> & { key: string }): Promise<StoredMessage> {
      return database.transact(async (stores) => {
        const { message } = await stores.messages.upsert({
          platform: platform.name,
          channel: 'T1/C1',
          threadRoot: null,
          author: { kind: 'bot' },
          privateTo: null,
          content,
          at: Date.now(),
          ...changes,
        });
        await database.notify(stores, 'message', message.id);
        return message;
      });
    },
    deliveryOf: (id: string): Promise<Delivery | null> => database.stores.deliveries.find(id),
    /** Until a message's delivery is in this state. */
    async settled(id: string, state: Delivery['state'] = 'delivered'): Promise<Delivery> {
      return vi.waitFor(
        async () => {
          const delivery = await database.stores.deliveries.find(id);
          if (delivery?.state !== state) throw new Error(`${id} is ${JSON.stringify(delivery)}, not ${state}`);
          return delivery;
        },
        { timeout: 8_000, interval: 10 },
      );
    },
    shows: (content: Json, channel = 'T1/C1') =>
      vi.waitFor(
        () => {
          const shown = platform.standing(channel).map((post) => canonicalJson(post.content));
          if (!shown.includes(canonicalJson(content))) throw new Error(`${channel} shows ${shown.join(' ')}`);
        },
        { timeout: 8_000, interval: 5 },
      ),
  };
}

/** A view of the database whose process can die: its calls then neither arrive nor return. */
export function mortal(database: Database, isDead: () => boolean): Database {
  const guarded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const member: unknown = Reflect.get(object, name);
        if (typeof member === 'object' && member !== null) return guarded(member);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          if (isDead()) throw new StoreUnavailableError('this process is dead');
          const result: unknown = await Reflect.apply(member, object, args);
          if (isDead()) throw new StoreUnavailableError('this process is dead');
          return result;
        };
      },
    });
  return {
    stores: guarded(database.stores),
    transact: (work) =>
      database.transact(async (stores) => {
        if (isDead()) throw new StoreUnavailableError('this process is dead');
        const result = await work(stores);
        // Before the commit: what it wrote is undone.
        if (isDead()) throw new StoreUnavailableError('this process is dead');
        return result;
      }),
    notify: (stores, topic, id) => database.notify(stores, topic, id),
    listen: (topic, onNotify) => database.listen(topic, (id) => (isDead() ? undefined : onNotify(id))),
    ping: () => database.ping(),
    close: () => database.close(),
  };
}
