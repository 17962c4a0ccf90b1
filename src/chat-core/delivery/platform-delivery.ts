import { Wakeup } from '../../application/wakeup.ts';
import { abandoned, type Content, posting } from '../../domain/delivery.ts';
import { type Candidate, choose } from '../../domain/delivery-choice.ts';
import { type Attempt, afterPost } from '../../domain/delivery-outcome.ts';
import type { DeliveryProgress } from '../../ports/delivery-store.ts';
import { StoreUnavailableError } from '../../ports/faults.ts';
import type { DeliveryResult, Messenger } from '../../ports/messenger.ts';
import { addressOf } from './address.ts';
import { applyResult, type Requested, type RequestStep } from './apply-result.ts';
import type { DeliveryLease } from './delivery-lease.ts';
import { DesiredReader } from './desired-reader.ts';
import { findSendable, type Sendable } from './find-sendable.ts';
import { makeRequest, outgoingMessage } from './make-request.ts';
import { type OpenMessage, OpenMessages } from './open-messages.ts';
import type { DeliveryParts, DeliverySettings } from './parts.ts';
import { PlatformUsage } from './platform-usage.ts';
import { isFirstForAll, tellUnposted, type Unposted } from './unposted.ts';

/** While the database is away, results wait in memory and nothing new is sent. */
const SAVE_AGAIN_MS = 200;
/** How long requests under way may take when the process ends. */
const LAST_REQUESTS_MS = 5_000;

/**
 * Brings one platform to the desired messages for as long as the lease is held. Each round: read what changed, decide what
 * goes now, write down what became of the last requests and which posts leave, and only then let them leave. No
 * transaction is open while a request is under way.
 */
export class PlatformDelivery {
  readonly #parts: DeliveryParts;
  readonly #settings: DeliverySettings;
  readonly #messenger: Messenger;
  readonly #lease: DeliveryLease;
  readonly #messages: OpenMessages;
  readonly #reader: DesiredReader;
  readonly #usage: PlatformUsage;
  readonly #wakeup: Wakeup;
  readonly #requests = new Set<Promise<void>>();
  readonly #goneChannels = new Set<string>();
  /** Told in the transaction that records their refusal. */
  readonly #unposted: Unposted[] = [];
  #hasChanged = true;
  #sweepAt = 0;
  #savedPosition = -1;
  /** Something became pending that is not in memory: it can be read once it is written. */
  #isReadAfterSave = false;

  private constructor(
    parts: DeliveryParts,
    settings: DeliverySettings,
    messenger: Messenger,
    lease: DeliveryLease,
    progress: DeliveryProgress,
  ) {
    const { database, clock } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.#messenger = messenger;
    this.#lease = lease;
    this.#messages = new OpenMessages(messenger.capabilities);
    this.#reader = new DesiredReader(database.stores.deliveries, messenger.platform, this.#messages, settings.open, progress.position);
    this.#usage = new PlatformUsage(messenger.capabilities.budget, settings, progress.spending, () => clock.now());
    this.#wakeup = new Wakeup(clock);
  }

  /** Goes on where the last holder of the lease stopped. */
  static async open(
    parts: DeliveryParts,
    settings: DeliverySettings,
    messenger: Messenger,
    lease: DeliveryLease,
  ): Promise<PlatformDelivery> {
    const progress = await parts.database.stores.deliveries.progress(messenger.platform);
    return new PlatformDelivery(parts, settings, messenger, lease, progress);
  }

  /** Something was written or edited. */
  notice(): void {
    this.#hasChanged = true;
    this.#wakeup.wake();
  }

  /** Until `stop` aborts or the lease is lost. */
  async run(stop: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([stop, this.#lease.lost]);
    while (!ended.aborted) await this.#wakeup.wait(await this.#round(ended), ended);
    await Promise.race([Promise.all(this.#requests), this.#parts.clock.sleep(LAST_REQUESTS_MS)]);
    // Once, also with a lease that may have run out: nothing is written when another process has it.
    await this.#save(AbortSignal.abort());
  }

  /** Returns when the next round is due if nothing happens before. */
  async #round(ended: AbortSignal): Promise<number> {
    await this.#read();
    const now = this.#parts.clock.now();
    const { budget } = this.#messenger.capabilities;
    const { sendable, unaddressed, wakeAt } = findSendable(this.#messages, budget, this.#settings.holdMs, now);
    for (const open of unaddressed) this.#track(this.#address(open, now));
    const candidates = sendable.map(({ candidate }) => candidate);
    const limits = { editsPerMinute: budget.editsPerMinute, inFlight: this.#settings.inFlight };
    const choice = choose(candidates, limits, this.#usage.view(), now);
    const chosen = new Set(choice.start);
    const starting = sendable.filter(({ candidate }) => chosen.has(candidate));
    for (const each of starting) this.#intend(each, now);
    const isSaved = await this.#save(ended);
    // Posts that were written down and do not leave are looked for and found absent by whoever comes next.
    if (!isSaved || ended.aborted) return now;
    if (this.#lease.isGood()) for (const each of starting) this.#start(each);
    else this.#lease.lose();
    return Math.min(this.#sweepAt, wakeAt ?? Number.POSITIVE_INFINITY, choice.wakeAt ?? Number.POSITIVE_INFINITY);
  }

  async #read(): Promise<void> {
    const { clock, logger, metrics } = this.#parts;
    const { platform } = this.#messenger;
    if (!this.#hasChanged && clock.now() < this.#sweepAt) return;
    this.#hasChanged = false;
    try {
      await this.#reader.read();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      logger.warn({ error, platform }, 'changed messages could not be read; trying again');
    }
    this.#sweepAt = clock.now() + this.#settings.sweepMs;
    metrics.messagesPending(platform, this.#messages.size);
  }

  /** Beside the rounds, because others may have to be asked for it. */
  async #address(open: OpenMessage, now: number): Promise<void> {
    open.isAddressing = true;
    try {
      open.address = await addressOf(this.#parts, this.#messenger, { ...open.desired, delivery: open.delivery }, now);
      if (open.address.kind === 'none') this.#messages.update(open, abandoned(open.delivery, open.address.reason));
    } catch (error) {
      const reason = 'its reader could not be found out';
      this.#parts.logger.warn({ error, platform: this.#messenger.platform }, `a message waits: ${reason}`);
      this.#messages.update(open, afterPost(open.delivery, { kind: 'unavailable', reason }, this.#attempt(open.content)));
    }
    open.isAddressing = false;
    this.#wakeup.wake();
  }

  /** From here on, until its outcome is recorded, a post may have happened. */
  #intend({ open, step }: Sendable, now: number): void {
    open.isBusy = true;
    if (step.kind !== 'post') return;
    const { address, desired, delivery, content } = open;
    const sentTo = address?.kind === 'known' && address.channel !== desired.message.channel ? address.channel : null;
    this.#messages.update(open, posting(delivery, content, sentTo, now, this.#settings.pace.lookAfterMs));
  }

  async #save(ended: AbortSignal): Promise<boolean> {
    const { database, clock, logger } = this.#parts;
    const { platform } = this.#messenger;
    const unsaved = this.#messages.takeUnsaved();
    const unposted = this.#unposted.splice(0);
    const { position } = this.#reader;
    if (unsaved.length === 0 && position === this.#savedPosition) return true;
    const progress = { position, spending: this.#usage.spending() };
    for (;;) {
      try {
        const isHeld = await database.transact(async (stores) => {
          if (!(await stores.deliveries.save(this.#lease.fence, platform, unsaved, progress))) return false;
          for (const each of unposted) await tellUnposted(database, stores, each, clock.now());
          return true;
        });
        if (isHeld) this.#onSaved(position);
        else this.#lease.lose();
        return isHeld;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        if (ended.aborted) return false;
        logger.warn({ error, platform }, 'the state of messages could not be stored; trying again');
        await clock.sleep(SAVE_AGAIN_MS, ended);
      }
    }
  }

  #onSaved(position: number): void {
    this.#savedPosition = position;
    if (!this.#isReadAfterSave) return;
    this.#isReadAfterSave = false;
    this.#reader.missed();
    this.notice();
  }

  #start({ open, step, candidate }: Sendable): void {
    const outgoing = outgoingMessage(open, step.kind === 'edit' ? null : step.threadOf);
    // What is sent now is what is recorded as shown, whatever is wanted by the time the answer comes.
    const { content } = open;
    this.#track(
      makeRequest(this.#parts, this.#messenger, this.#usage, step, candidate, outgoing).then((requested) => {
        open.isBusy = false;
        this.#apply(open, step, candidate, content, requested);
        this.#wakeup.wake();
      }),
    );
  }

  #apply(open: OpenMessage, step: RequestStep, candidate: Candidate, content: Content, requested: Requested): void {
    const { clock, metrics } = this.#parts;
    const { result } = requested;
    const thread = step.kind === 'post' && result?.kind === 'gone' ? step.threadOf : null;
    if (thread !== null && this.#messages.rootIsGone(open, thread)) this.#isReadAfterSave = true;
    this.#messages.update(open, applyResult(open.delivery, step, requested, this.#attempt(content)));
    if (result?.kind === 'refused') this.#noteRefusal(open, candidate, result);
    if (result?.kind !== 'delivered') return;
    // What only one person sees may have come by a handle, past the channel.
    if (!candidate.isPrivate) this.#goneChannels.delete(candidate.channel);
    metrics.messageShown({ platform: this.#messenger.platform, urgency: candidate.urgency }, clock.now() - open.since);
    open.since = open.desired.message.updatedAt;
  }

  #noteRefusal(refused: OpenMessage, { channel, id }: Candidate, result: Extract<DeliveryResult, { kind: 'refused' }>): void {
    const { reason, channelIsGone } = result;
    const { logger, onChannelGone } = this.#parts;
    const { platform } = this.#messenger;
    logger.warn({ platform, channel, message: id, reason }, 'a message was refused');
    const left = channelIsGone ? this.#messages.channelIsGone(channel, reason) : [];
    const unposted = [refused, ...left].filter(isFirstForAll);
    this.#unposted.push(...unposted.map(({ desired }) => ({ message: desired.message, because: reason })));
    if (!channelIsGone) return;
    if (this.#goneChannels.has(channel)) return;
    this.#goneChannels.add(channel);
    this.#track(
      onChannelGone(platform, channel, reason).catch((error: unknown) => {
        this.#goneChannels.delete(channel);
        logger.warn({ error, platform, channel }, 'nobody could be told that a channel is gone');
      }),
    );
  }

  #attempt(content: Content): Attempt {
    return { content, now: this.#parts.clock.now(), chance: Math.random(), pace: this.#settings.pace };
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#requests.delete(tracked));
    this.#requests.add(tracked);
  }
}
