import { Wakeup } from '../../application/wakeup.ts';
import { abandoned, type Content, posting, type Step } from '../../domain/delivery.ts';
import { type Candidate, choose } from '../../domain/delivery-choice.ts';
import { type Attempt, afterPost } from '../../domain/delivery-outcome.ts';
import { StoreUnavailableError } from '../../ports/faults.ts';
import type { DeliveryResult, Messenger } from '../../ports/messenger.ts';
import { type Address, addressOf } from './address.ts';
import { applyResult, type Requested, type RequestStep } from './apply-result.ts';
import type { DeliveryLease } from './delivery-lease.ts';
import { makeRequest, outgoingMessage } from './make-request.ts';
import { channelOf, type OpenMessage, OpenMessages } from './open-messages.ts';
import type { DeliveryParts, DeliverySettings } from './parts.ts';
import { PlatformUsage } from './platform-usage.ts';
import { isUnsettledDetail, urgencyOf } from './urgency.ts';

/** Changes read at a time. */
const BATCH = 500;
/** While the database is away, results wait in memory and nothing new is sent. */
const SAVE_AGAIN_MS = 200;
/** Of a minute's edits. */
const CROWDED_SHARE = 0.2;
/** How long requests under way may take when the process ends. */
const LAST_REQUESTS_MS = 5_000;

type Sendable = {
  readonly open: OpenMessage;
  readonly step: RequestStep;
  readonly candidate: Candidate;
};

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
  readonly #wakeup: Wakeup;
  readonly #messages: OpenMessages;
  readonly #requests = new Set<Promise<void>>();
  readonly #goneChannels = new Set<string>();
  #usage: PlatformUsage;
  #position = 0;
  #savedPosition = -1;
  #hasChanged = true;
  /** More is pending in the database than is in memory. */
  #hasMore = true;
  /** Something became pending that is not in memory: it can be read once it is written. */
  #isReadAfterSave = false;
  #sweepAt = 0;

  constructor(parts: DeliveryParts, settings: DeliverySettings, messenger: Messenger, lease: DeliveryLease) {
    this.#parts = parts;
    this.#settings = settings;
    this.#messenger = messenger;
    this.#lease = lease;
    this.#wakeup = new Wakeup(parts.clock);
    this.#messages = new OpenMessages(messenger.capabilities);
    this.#usage = this.#usageFrom({ edits: {} });
  }

  /** Something was written or edited. */
  notice(): void {
    this.#hasChanged = true;
    this.#wakeup.wake();
  }

  /** Until `stop` aborts or the lease is lost. */
  async run(stop: AbortSignal): Promise<void> {
    const { database } = this.#parts;
    const ended = AbortSignal.any([stop, this.#lease.lost]);
    const progress = await database.stores.deliveries.progress(this.#messenger.platform);
    this.#position = progress.position;
    this.#usage = this.#usageFrom(progress.spending);
    while (!ended.aborted) await this.#wakeup.wait(await this.#round(ended), ended);
    await Promise.race([Promise.all(this.#requests), this.#parts.clock.sleep(LAST_REQUESTS_MS)]);
    if (!this.#lease.lost.aborted) await this.#save(AbortSignal.timeout(LAST_REQUESTS_MS));
  }

  /** Returns when the next round is due if nothing happens before. */
  async #round(ended: AbortSignal): Promise<number> {
    const { clock } = this.#parts;
    await this.#read();
    const now = clock.now();
    const { sendable, wakeAt } = this.#look(now);
    const choice = choose(
      sendable.map(({ candidate }) => candidate),
      { editsPerMinute: this.#messenger.capabilities.budget.editsPerMinute, inFlight: this.#settings.inFlight },
      this.#usage.view(),
      now,
    );
    const chosen = new Set(choice.start);
    const starting = sendable.filter(({ candidate }) => chosen.has(candidate));
    for (const { open, step } of starting) {
      open.isBusy = true;
      if (step.kind === 'post') this.#intend(open, now);
    }
    const isSaved = await this.#save(ended);
    // Posts that were written down and do not leave are looked for and found absent by whoever comes next.
    if (!isSaved || ended.aborted) return now;
    if (!this.#lease.isGood()) this.#lease.lose();
    else for (const each of starting) this.#start(each);
    return Math.min(this.#sweepAt, wakeAt ?? Number.POSITIVE_INFINITY, choice.wakeAt ?? Number.POSITIVE_INFINITY);
  }

  async #read(): Promise<void> {
    const { database, clock, logger, metrics } = this.#parts;
    const { platform } = this.#messenger;
    const { deliveries } = database.stores;
    const isDue = clock.now() >= this.#sweepAt;
    if (!this.#hasChanged && !isDue) return;
    const limit = this.#settings.open;
    try {
      this.#hasChanged = false;
      if (this.#hasMore && this.#messages.size < limit / 2) {
        const pending = await deliveries.pending(platform, this.#messages.ids, limit);
        this.#hasMore = pending.length === limit;
        for (const desired of pending) this.#messages.take(desired);
      }
      for (let isMore = true; isMore && this.#messages.size < limit; ) {
        const changes = await deliveries.changedSince(platform, this.#position, BATCH);
        for (const desired of changes) this.#messages.take(desired);
        this.#position = changes.at(-1)?.message.position ?? this.#position;
        isMore = changes.length === BATCH;
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.#hasChanged = true;
      logger.warn({ error, platform }, 'changed messages could not be read; trying again');
    }
    this.#sweepAt = clock.now() + this.#settings.sweepMs;
    metrics.messagesPending(platform, this.#messages.size);
  }

  /** What could be sent now, and when time alone makes something ready. */
  #look(now: number): { sendable: readonly Sendable[]; wakeAt: number | null } {
    const crowded = this.#crowded();
    const sendable: Sendable[] = [];
    let wakeAt: number | null = null;
    for (const open of [...this.#messages.all()]) {
      if (open.isBusy) continue;
      const step = this.#stepOf(open, crowded, now);
      if (step.kind === 'nothing') continue;
      if (step.kind === 'wait') {
        if (step.until !== null) wakeAt = Math.min(wakeAt ?? step.until, step.until);
      } else if (step.kind === 'give_up') this.#messages.update(open, abandoned(open.delivery, step.reason));
      else if (this.#isAddressed(open, now)) sendable.push({ open, step, candidate: this.#candidateOf(open, step) });
    }
    return { sendable, wakeAt };
  }

  #stepOf(open: OpenMessage, crowded: ReadonlySet<string>, now: number): Step {
    const step = this.#messages.stepOf(open, now);
    const { message } = open.desired;
    if (step.kind !== 'post' || !crowded.has(this.#workspaceOf(open)) || !isUnsettledDetail(message, open.delivery)) return step;
    const until = open.since + this.#settings.holdMs;
    return until > now ? { kind: 'wait', until } : step;
  }

  /** Workspaces in which more is to be edited, now or once it is settled, than the platform lets through in a few seconds. */
  #crowded(): ReadonlySet<string> {
    const { editsPerMinute } = this.#messenger.capabilities.budget;
    const crowded = new Set<string>();
    if (editsPerMinute === null) return crowded;
    const counts = new Map<string, number>();
    for (const open of this.#messages.all()) {
      if (open.delivery.remoteId === null && !isUnsettledDetail(open.desired.message, open.delivery)) continue;
      const workspace = this.#workspaceOf(open);
      const count = (counts.get(workspace) ?? 0) + 1;
      counts.set(workspace, count);
      if (count > editsPerMinute * CROWDED_SHARE) crowded.add(workspace);
    }
    return crowded;
  }

  #workspaceOf({ desired }: OpenMessage): string {
    return this.#messenger.capabilities.budget.workspaceOf(desired.message.channel);
  }

  #candidateOf(open: OpenMessage, step: RequestStep): Candidate {
    const { address, desired, delivery, since } = open;
    const channel = channelOf(open);
    return {
      id: desired.message.id,
      operation: step.kind,
      urgency: urgencyOf(desired.message, delivery),
      channel,
      workspace: this.#workspaceOf(open),
      isPrivate: address?.kind === 'known' && address.onlyFor !== null,
      since,
    };
  }

  /** Whether it is known where it goes. Otherwise that is found out beside the rounds, because others may be asked for it. */
  #isAddressed(open: OpenMessage, now: number): boolean {
    const { address } = open;
    if (address?.kind === 'known' && now < address.until) return true;
    if (!open.isAddressing) {
      open.isAddressing = true;
      this.#track(this.#address(open, now));
    }
    return false;
  }

  async #address(open: OpenMessage, now: number): Promise<void> {
    let address: Address;
    try {
      address = await addressOf(this.#parts, this.#messenger, { ...open.desired, delivery: open.delivery }, now);
    } catch (error) {
      this.#parts.logger.warn({ error, platform: this.#messenger.platform }, 'the reader of a private message could not be found out');
      open.isAddressing = false;
      this.#messages.update(
        open,
        afterPost(open.delivery, { kind: 'unavailable', reason: 'its reader could not be found out' }, this.#attempt(open.content)),
      );
      this.#wakeup.wake();
      return;
    }
    open.isAddressing = false;
    open.address = address;
    if (address.kind === 'none') this.#messages.update(open, abandoned(open.delivery, address.reason));
    this.#wakeup.wake();
  }

  /** From here on, until its outcome is recorded, the post may have happened. */
  #intend(open: OpenMessage, now: number): void {
    const { address, desired } = open;
    const sentTo = address?.kind === 'known' && address.channel !== desired.message.channel ? address.channel : null;
    this.#messages.update(open, posting(open.delivery, open.content, sentTo, now, this.#settings.pace.lookAfterMs));
  }

  async #save(ended: AbortSignal): Promise<boolean> {
    const { database, clock, logger } = this.#parts;
    const { platform } = this.#messenger;
    const unsaved = this.#messages.takeUnsaved();
    if (unsaved.length === 0 && this.#position === this.#savedPosition) return true;
    const progress = { position: this.#position, spending: this.#usage.spending() };
    for (;;) {
      try {
        const isHeld = await database.transact((stores) => stores.deliveries.save(this.#lease.fence, platform, unsaved, progress));
        if (isHeld) this.#onSaved(progress.position);
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
    this.#hasMore = true;
    this.notice();
  }

  #start({ open, step, candidate }: Sendable): void {
    const outgoing = outgoingMessage(open, step.kind === 'edit' ? null : step.threadOf);
    // What is sent now is what is recorded as shown, whatever is wanted by the time the answer comes.
    const { content } = open;
    this.#track(
      makeRequest(this.#parts, this.#messenger, this.#usage, step, candidate, outgoing).then((requested) => {
        open.isBusy = false;
        this.#apply(open, candidate, content, requested);
        this.#wakeup.wake();
      }),
    );
  }

  #apply(open: OpenMessage, candidate: Candidate, content: Content, requested: Requested): void {
    const { clock, metrics } = this.#parts;
    const { operation, result } = requested;
    const isReplyToDeleted = operation === 'post' && result?.kind === 'gone';
    if (isReplyToDeleted && this.#messages.rootIsGone(open)) this.#isReadAfterSave = true;
    this.#messages.update(open, applyResult(open.delivery, requested, this.#attempt(content)));
    if (result?.kind === 'refused') this.#noteRefusal(candidate, result);
    if (result?.kind !== 'delivered') return;
    metrics.messageShown({ platform: this.#messenger.platform, urgency: candidate.urgency }, clock.now() - open.since);
    open.since = open.desired.message.updatedAt;
  }

  #noteRefusal({ channel, id }: Candidate, { reason, channelIsGone }: Extract<DeliveryResult, { kind: 'refused' }>): void {
    const { logger, onChannelGone } = this.#parts;
    const { platform } = this.#messenger;
    logger.warn({ platform, channel, message: id, reason }, 'a message was refused');
    if (!channelIsGone) return;
    this.#messages.channelIsGone(channel, reason);
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

  #usageFrom(spending: ConstructorParameters<typeof PlatformUsage>[2]): PlatformUsage {
    return new PlatformUsage(this.#messenger.capabilities.budget, this.#settings, spending, () => this.#parts.clock.now());
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#requests.delete(tracked));
    this.#requests.add(tracked);
  }
}
