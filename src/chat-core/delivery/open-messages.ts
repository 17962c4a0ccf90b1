import { createHash } from 'node:crypto';
import { abandoned, type Content, type Delivery, newDelivery, nextStep, type Root, type Step, wanted } from '../../domain/delivery.ts';
import { deleted } from '../../domain/delivery-outcome.ts';
import { canonicalJson } from '../../domain/json.ts';
import type { DesiredMessage } from '../../ports/delivery-store.ts';
import type { MessengerCapabilities } from '../../ports/messenger.ts';
import type { Address } from './address.ts';

/** One message with something left to do. Mutable: the loop alone has it. */
export type OpenMessage = {
  desired: DesiredMessage;
  content: Content;
  delivery: Delivery;
  /** Since when what stands there is not what should. */
  since: number;
  /** A request for it is under way. */
  isBusy: boolean;
  /** Null until it is found out. */
  address: Address | null;
  isAddressing: boolean;
};

/** Settled messages are remembered for the replies that may follow. */
const SETTLED = 10_000;

/** The messages of one platform that are not yet as they should be, and what of them has to be written. */
export class OpenMessages {
  readonly #capabilities: MessengerCapabilities;
  readonly #open = new Map<string, OpenMessage>();
  readonly #settled = new Map<string, Delivery>();
  readonly #unsaved = new Set<string>();

  constructor(capabilities: MessengerCapabilities) {
    this.#capabilities = capabilities;
  }

  get size(): number {
    return this.#open.size;
  }

  get ids(): readonly string[] {
    return [...this.#open.keys()];
  }

  all(): Iterable<OpenMessage> {
    return this.#open.values();
  }

  /** A message as it should be now, from the database. What is known here of its delivery is newer. */
  take(desired: DesiredMessage): void {
    const { message } = desired;
    const content = { fingerprint: fingerprint(message.content), position: message.position };
    const present = this.#open.get(message.id);
    if (present !== undefined) {
      if (content.position < present.content.position) return;
      present.desired = desired;
      present.content = content;
      this.update(present, present.delivery);
      return;
    }
    const known = this.#settled.get(message.id) ?? desired.delivery;
    const delivery = known ?? newDelivery(message.id);
    const open = { desired, content, delivery, since: message.updatedAt, isBusy: false, address: null, isAddressing: false };
    this.#open.set(message.id, open);
    if (known === null) this.#unsaved.add(message.id);
    this.update(open, delivery);
  }

  /** What became of it; the content that is wanted by now decides whether something is left to do. */
  update(open: OpenMessage, delivery: Delivery): void {
    const { id } = open.desired.message;
    const next = wanted(delivery, open.content, this.#capabilities.edits);
    if (next !== open.delivery) this.#unsaved.add(id);
    open.delivery = next;
    if (next.state === 'pending' || open.isBusy) return;
    this.#open.delete(id);
    this.#settled.delete(id);
    this.#settled.set(id, next);
  }

  stepOf(open: OpenMessage, now: number): Step {
    return nextStep(open.delivery, this.#rootOf(open), now);
  }

  /**
   * The root of this reply, as it stood under this id, was deleted: it stands again before the reply is tried again, or
   * never. True when it has to be read again for that.
   */
  rootIsGone({ desired }: OpenMessage, remoteId: string): boolean {
    const { threadRoot } = desired.message;
    if (threadRoot === null) return false;
    const root = this.#open.get(threadRoot);
    const delivery = root?.delivery ?? this.#settled.get(threadRoot) ?? desired.root;
    // Somebody else found out already, and it may even stand again.
    if (delivery === null || delivery.remoteId !== remoteId || delivery.state === 'undeliverable') return false;
    if (root === undefined) {
      this.#settled.set(threadRoot, deleted(delivery));
      this.#unsaved.add(threadRoot);
      return true;
    }
    this.update(root, deleted(delivery));
    return false;
  }

  /**
   * Nothing more is tried for what waits in this channel, and that is returned. Private answers with a handle do not need the
   * channel and go on.
   */
  channelIsGone(channel: string, reason: string): readonly OpenMessage[] {
    const waiting = [...this.#open.values()].filter((open) => !open.isBusy && channelOf(open) === channel && !hasOwnWay(open));
    for (const open of waiting) this.update(open, abandoned(open.delivery, reason));
    return waiting;
  }

  /** What changed since the last time. */
  takeUnsaved(): readonly Delivery[] {
    const unsaved = [...this.#unsaved].flatMap((id) => this.#open.get(id)?.delivery ?? this.#settled.get(id) ?? []);
    this.#unsaved.clear();
    this.#forgetOld();
    return unsaved;
  }

  #forgetOld(): void {
    if (this.#settled.size < SETTLED * 1.1) return;
    // What a waiting reply knows of its root may be older than what is known here.
    const roots = new Set([...this.#open.values()].map(({ desired }) => desired.message.threadRoot));
    for (const id of this.#settled.keys()) {
      if (this.#settled.size <= SETTLED) return;
      if (!roots.has(id)) this.#settled.delete(id);
    }
  }

  #rootOf({ desired }: OpenMessage): Root {
    const { threadRoot } = desired.message;
    if (threadRoot === null || !this.#capabilities.threads) return { kind: 'none' };
    const root = this.#open.get(threadRoot)?.delivery ?? this.#settled.get(threadRoot) ?? desired.root;
    if (root === null) return { kind: 'awaited' };
    if (root.remoteId !== null) return { kind: 'stands', remoteId: root.remoteId };
    return root.state === 'pending' ? { kind: 'awaited' } : { kind: 'lost' };
  }
}

export function channelOf({ address, delivery, desired }: OpenMessage): string {
  return delivery.sentTo ?? (address?.kind === 'known' ? address.channel : desired.message.channel);
}

function hasOwnWay({ desired: { message, answers } }: OpenMessage): boolean {
  return message.privateTo !== null && answers !== null && answers.handle !== null;
}

function fingerprint(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('base64url').slice(0, 22);
}
