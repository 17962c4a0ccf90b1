import { randomUUID } from 'node:crypto';
import type { Accepted, ChatIntake, IncomingDelivery } from '../../chat/chat-intake.ts';
import type { Reply } from '../../chat/command.ts';
import type { DeliveryName, IntakeStore, KeptDelivery } from '../../ports/intake-store.ts';
import { answerDelivery, type Work } from './answer-delivery.ts';
import { keepInTime } from './keep-in-time.ts';
import { Keeper } from './keeper.ts';
import { mayAnswerWithForm } from './may-answer-with-form.ts';
import { INTAKE_SETTINGS, type IntakeParts, type IntakeSettings } from './parts.ts';
import { type Asked, sealAsked, sealHandle, unsealAsked } from './sealed-delivery.ts';
import { WorkQueue } from './work-queue.ts';

const HOUR_MS = 3600 * 1000;
/** Slack repeats an event for an hour at most (https://docs.slack.dev/apis/events-api#retries). */
const REMEMBERED_MS = 3 * 24 * HOUR_MS;
const HANDLE_KEPT_MS = HOUR_MS;
const PRUNE_EVERY_MS = HOUR_MS;
/** Claims are renewed this many times within their life. */
const RENEWALS_PER_LIFE = 3;
const TAKEN_AT_A_TIME = 200;
const WITHDRAW_AGAIN_MS = 500;
/** Withdrawals that wait for the database; more of them wait only when thousands were sent while it was away. */
const WITHDRAWALS = 1_000;

const UNAVAILABLE: Accepted = {
  kind: 'unavailable',
  message: 'Shipmate cannot reach its database right now, so nothing was started. Try again in a minute.',
};

/** The one implementation of {@link ChatIntake}, on Postgres. */
export class DurableIntake implements ChatIntake {
  readonly #parts: IntakeParts;
  readonly #settings: IntakeSettings;
  readonly #store: IntakeStore;
  readonly #claimant = randomUUID();
  readonly #queue: WorkQueue;
  readonly #keeper: Keeper;
  readonly #claimed = new Set<DeliveryName>();
  readonly #stopping = new AbortController();
  /** Deliveries on their way into the database, which will want room. */
  #keeping = 0;
  #withdrawals = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#settings = { ...INTAKE_SETTINGS, ...parts.settings };
    this.#store = parts.store ?? parts.database.stores.intake;
    this.#queue = new WorkQueue(this.#settings, () => this.#keeping > this.#settings.crowd);
    this.#keeper = new Keeper(this.#store);
  }

  async accept(delivery: IncomingDelivery, waitedMs = 0): Promise<Accepted> {
    const { clock, metrics } = this.#parts;
    const startedAt = clock.now();
    const accepted = await this.#accept(delivery, startedAt, waitedMs);
    metrics.deliveryAccepted({ platform: delivery.platform, result: accepted.kind }, clock.now() - startedAt);
    return accepted;
  }

  mayAnswerWithForm({ what }: Pick<IncomingDelivery, 'what'>): boolean {
    return mayAnswerWithForm(this.#parts, what);
  }

  async complete({ platform, account, channel, text }: Parameters<ChatIntake['complete']>[0]): ReturnType<ChatIntake['complete']> {
    const { core, findPerson, logger } = this.#parts;
    try {
      return await core.complete({ text, platform, channel, person: await findPerson(platform, account) });
    } catch (error) {
      logger.warn({ error, platform }, 'completion failed');
      return { replaceFrom: text.length, completions: [] };
    }
  }

  /** Takes over, renews and forgets until it is stopped. */
  async run(): Promise<void> {
    await Promise.all([
      this.#every(this.#settings.sweepMs, () => this.#takeOver()),
      this.#every(this.#settings.claimMs / RENEWALS_PER_LIFE, () => this.#renew()),
      this.#every(PRUNE_EVERY_MS, () => this.#prune()),
    ]);
  }

  async stop(): Promise<void> {
    const { clock } = this.#parts;
    this.#stopping.abort();
    await Promise.race([this.#queue.close(), clock.sleep(this.#settings.stopMs)]);
  }

  get #claim() {
    return { claimant: this.#claimant, forMs: this.#settings.claimMs };
  }

  async #accept(delivery: IncomingDelivery, now: number, waitedMs: number): Promise<Accepted> {
    const { sealer, clock, logger } = this.#parts;
    const { platform, deliveryId, channel, account, handle } = delivery;
    const token = randomUUID();
    // Without room it waits in the database for whoever has some.
    const isMine = this.#queue.room > this.#keeping;
    this.#keeping += 1;
    try {
      const kept = await keepInTime(
        this.#keeper,
        clock,
        {
          platform,
          deliveryId,
          channel,
          accountId: account.id,
          payload: sealAsked(sealer, delivery, delivery),
          handle: handle === null ? null : sealHandle(sealer, delivery, handle),
          receivedAt: now,
          token,
        },
        isMine ? this.#claim : null,
        waitedMs,
      );
      if (kept === 'repeated') return { kind: 'repeated' };
      if (kept === 'kept') {
        const work = { platform, deliveryId, channel, accountId: account.id, asked: delivery, tries: 1 };
        return { kind: 'accepted', settled: isMine ? this.#work(work) : Promise.resolve(null) };
      }
    } catch (error) {
      logger.error({ error, platform, deliveryId }, 'a delivery could not be kept');
    } finally {
      this.#keeping -= 1;
      this.#queue.startMore();
    }
    // What is brought again must find no withdrawal, or it would count as done; what comes through late is the delivery itself.
    if (delivery.isBroughtAgain !== true) void this.#withdraw(delivery, token);
    return UNAVAILABLE;
  }

  /** Whoever sent it was told that nothing happens, so nothing may, also when the attempt to keep it comes through late. */
  async #withdraw({ platform, deliveryId }: DeliveryName, token: string): Promise<void> {
    const { clock, logger } = this.#parts;
    if (this.#withdrawals >= WITHDRAWALS) return;
    this.#withdrawals += 1;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#store.withdraw(platform, deliveryId, token, clock.now());
        break;
      } catch (error) {
        logger.debug({ error, platform, deliveryId }, 'a delivery could not be withdrawn yet');
        await clock.sleep(WITHDRAW_AGAIN_MS, this.#stopping.signal);
      }
    }
    this.#withdrawals -= 1;
  }

  /** Never rejects. */
  async #work(work: Work): Promise<Reply | null> {
    const { logger } = this.#parts;
    const { platform, deliveryId } = work;
    this.#claimed.add(work);
    try {
      const answered = await this.#queue.run(() => answerDelivery(this.#parts, work, this.#settings.tries - work.tries), null);
      if (answered?.kind === 'done') {
        await this.#store.finish(platform, deliveryId, this.#parts.clock.now());
        return answered.reply;
      }
      await this.#store.release(platform, deliveryId, this.#claimant, answered === null ? 0 : this.#settings.againMs);
    } catch (error) {
      // Its claim runs out, and whoever takes it over finds out what was done already.
      logger.warn({ error, platform, deliveryId }, 'what became of a delivery could not be stored');
    } finally {
      this.#claimed.delete(work);
    }
    return null;
  }

  async #renew(): Promise<void> {
    if (this.#claimed.size > 0) await this.#store.renew(this.#claim, [...this.#claimed]);
  }

  /** As long as there is something to take and room for it. */
  async #takeOver(): Promise<void> {
    // What could not be renewed for a while, because the database was away, is still under way here.
    await this.#renew();
    for (let isMore = true; isMore && !this.#stopping.signal.aborted; ) {
      const limit = Math.min(TAKEN_AT_A_TIME, this.#queue.room);
      if (limit === 0) return;
      const taken = await this.#store.takeOver(this.#claim, limit);
      if (taken.length > 0) this.#parts.logger.info({ count: taken.length }, 'takes over unanswered deliveries');
      for (const { platform, deliveryId, channel, accountId, tries, ...kept } of taken) {
        const asked = this.#unseal({ platform, deliveryId, ...kept });
        void this.#work({ platform, deliveryId, channel, accountId, tries, asked });
      }
      isMore = taken.length === limit;
    }
  }

  #unseal(kept: DeliveryName & Pick<KeptDelivery, 'payload'>): Asked | null {
    const { sealer, logger } = this.#parts;
    try {
      return unsealAsked(sealer, kept, kept.payload);
    } catch (error) {
      logger.error({ error, platform: kept.platform, deliveryId: kept.deliveryId }, 'a kept delivery cannot be opened');
      return null;
    }
  }

  async #prune(): Promise<void> {
    const now = this.#parts.clock.now();
    await this.#store.prune(now - HANDLE_KEPT_MS, now - REMEMBERED_MS);
  }

  async #every(ms: number, work: () => Promise<void>): Promise<void> {
    const { clock, logger } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        logger.warn({ error }, 'the intake could not look after its deliveries; trying again');
      }
      await clock.sleep(ms, signal);
    }
  }
}
