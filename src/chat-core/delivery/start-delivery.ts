import { randomUUID } from 'node:crypto';
import { DELIVERY_PACE } from '../../domain/delivery-outcome.ts';
import type { Messenger } from '../../ports/messenger.ts';
import { DeliveryLease } from './delivery-lease.ts';
import type { DeliveryParts, DeliverySettings } from './parts.ts';
import { PlatformDelivery } from './platform-delivery.ts';

const DEFAULTS: DeliverySettings = {
  pace: DELIVERY_PACE,
  sweepMs: 2_000,
  leaseMs: 8_000,
  standbyMs: 1_000,
  inFlight: 10,
  breakAfter: 8,
  breakMs: 5_000,
  holdMs: 60_000,
  open: 5_000,
};

/**
 * Brings every message of these platforms to what the database says it should be, and keeps it so until it is stopped.
 * Of several processes one delivers to a platform; the others stand by and take over when it ends or dies.
 */
export async function startDelivery(parts: DeliveryParts): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  const settings = { ...DEFAULTS, ...parts.settings };
  const platforms = parts.messengers.map((messenger) => new StandingBy(parts, settings, messenger));
  const listening = await parts.database.listen('message', () => {
    for (const platform of platforms) platform.notice();
  });
  const running = platforms.map((platform) => platform.run(stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await listening.stop();
      await Promise.all(running);
    },
  };
}

/** One platform's delivery in this process: waits for the lease, delivers while it has it, and again. */
class StandingBy {
  readonly #parts: DeliveryParts;
  readonly #settings: DeliverySettings;
  readonly #messenger: Messenger;
  readonly #holder = randomUUID();
  #delivery: PlatformDelivery | null = null;

  constructor(parts: DeliveryParts, settings: DeliverySettings, messenger: Messenger) {
    this.#parts = parts;
    this.#settings = settings;
    this.#messenger = messenger;
  }

  notice(): void {
    this.#delivery?.notice();
  }

  async run(stop: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    const { platform } = this.#messenger;
    while (!stop.aborted) {
      try {
        await this.#deliver(stop);
      } catch (error) {
        logger.error({ error, platform }, 'the delivery of messages broke; it starts anew');
      }
      await clock.sleep(this.#settings.standbyMs, stop);
    }
  }

  async #deliver(stop: AbortSignal): Promise<void> {
    const { platform } = this.#messenger;
    const lease = await DeliveryLease.take({ ...this.#parts, leaseMs: this.#settings.leaseMs }, platform, this.#holder);
    if (lease === null) return;
    this.#parts.logger.info({ platform }, 'delivers messages');
    try {
      const delivery = await PlatformDelivery.open(this.#parts, this.#settings, this.#messenger, lease);
      this.#delivery = delivery;
      await delivery.run(stop);
    } finally {
      this.#delivery = null;
      await lease.release();
    }
  }
}
