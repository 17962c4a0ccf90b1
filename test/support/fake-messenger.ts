import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../src/domain/json.ts';
import type { DeliveryResult, FindResult, Messenger, MessengerCapabilities, OutgoingMessage } from '../../src/ports/messenger.ts';

export type Posted = {
  readonly remoteId: string;
  readonly messageId: string;
  readonly channel: string;
  readonly threadOf: string | null;
  readonly onlyFor: string | null;
  readonly handle: Json | null;
  content: Json;
  isDeleted: boolean;
};

export type Call = {
  readonly operation: 'post' | 'edit' | 'find';
  readonly messageId: string;
  readonly channel: string;
  readonly at: number;
  readonly content: Json;
};

/** What happens to a call: an answer instead of the effect, or the effect and then no answer. */
export type Fault = DeliveryResult | { readonly kind: 'lost_answer' } | { readonly kind: 'hang' };

const CAPABILITIES: MessengerCapabilities = {
  threads: true,
  edits: true,
  ephemeral: true,
  directMessages: false,
  forms: true,
  budget: { perChannelMs: null, editsPerMinute: null, workspaceOf: (channel) => channel.split('/')[0] ?? channel },
};

/**
 * A chat platform in memory, with as many messengers (processes) as asked. It counts budgets as platforms do, by the times
 * at which requests arrive, and answers `rate_limited` above them.
 */
export class FakePlatform {
  readonly name: string;
  readonly capabilities: MessengerCapabilities;
  readonly posts: Posted[] = [];
  readonly calls: Call[] = [];
  /** Answers above the budgets. */
  limited = 0;
  /** Decides about each call; null lets it through. */
  fault: (call: Call) => Fault | null = () => null;
  /** What `find` answers instead of looking. */
  found: ((messageId: string) => FindResult | null) | null = null;
  latencyMs: () => number = () => 0;
  readonly #posts = new Map<string, Posted>();
  readonly #arrivals = new Map<string, number>();
  readonly #edits = new Map<string, number[]>();
  #next = 0;

  constructor(name: string, capabilities: Partial<MessengerCapabilities> = {}) {
    this.name = name;
    this.capabilities = { ...CAPABILITIES, ...capabilities };
  }

  /** One process's messenger. `isCut` makes it a dead one: nothing it sends arrives any more, and no answer comes. */
  messenger(isCut: () => boolean = () => false): Messenger {
    const send = async <T>(work: () => Promise<T>): Promise<T> => {
      if (isCut()) return new Promise<T>(() => undefined);
      const result = await work();
      return isCut() ? new Promise<T>(() => undefined) : result;
    };
    return {
      platform: this.name,
      capabilities: this.capabilities,
      post: (message) => send(() => this.#receive('post', message, () => this.#post(message))),
      edit: (remoteId, message) => send(() => this.#receive('edit', message, () => this.#edit(remoteId, message))),
      find: (message) => send(() => this.#find(message)),
    };
  }

  /** What stands in a channel, oldest first. */
  standing(channel: string): readonly Posted[] {
    return this.posts.filter((post) => post.channel === channel && !post.isDeleted);
  }

  delete(remoteId: string): void {
    const post = this.#posts.get(remoteId);
    if (post === undefined) throw new Error(`there is no ${remoteId}`);
    post.isDeleted = true;
  }

  callsOf(operation: Call['operation']): readonly Call[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  async #receive(operation: 'post' | 'edit', message: OutgoingMessage, effect: () => DeliveryResult): Promise<DeliveryResult> {
    const call = this.#record(operation, message);
    await this.#wait();
    const limit = this.#overBudget(call, message.onlyFor !== null);
    if (limit !== null) {
      this.limited += 1;
      return limit;
    }
    const fault = this.fault(call);
    if (fault === null) return effect();
    if (fault.kind === 'hang') return new Promise(() => undefined);
    if (fault.kind !== 'lost_answer') return fault;
    effect();
    return { kind: 'unknown', reason: 'no answer' };
  }

  #post(message: OutgoingMessage): DeliveryResult {
    const { threadOf } = message;
    if (threadOf !== null && this.#posts.get(threadOf)?.isDeleted !== false) return { kind: 'gone' };
    this.#next += 1;
    const { id, channel, onlyFor, handle, content } = message;
    const posted = { remoteId: `R${this.#next}`, messageId: id, channel, threadOf, onlyFor, handle, content, isDeleted: false };
    this.posts.push(posted);
    this.#posts.set(posted.remoteId, posted);
    return { kind: 'delivered', remoteId: onlyFor === null ? posted.remoteId : null };
  }

  #edit(remoteId: string, { content }: OutgoingMessage): DeliveryResult {
    const post = this.#posts.get(remoteId);
    if (post === undefined || post.isDeleted) return { kind: 'gone' };
    post.content = content;
    return { kind: 'delivered', remoteId };
  }

  async #find(message: OutgoingMessage): Promise<FindResult> {
    this.#record('find', message);
    await this.#wait();
    const answer = this.found?.(message.id) ?? null;
    if (answer !== null) return answer;
    const post = this.posts.find(({ messageId, isDeleted }) => messageId === message.id && !isDeleted);
    return post === undefined ? { kind: 'absent' } : { kind: 'found', remoteId: post.remoteId };
  }

  #record(operation: Call['operation'], { id, channel, content }: OutgoingMessage): Call {
    const call = { operation, messageId: id, channel, content, at: performance.now() };
    this.calls.push(call);
    return call;
  }

  async #wait(): Promise<void> {
    const ms = this.latencyMs();
    if (ms > 0) await sleep(ms);
  }

  #overBudget({ operation, channel }: Call, isPrivate: boolean): DeliveryResult | null {
    const { perChannelMs, editsPerMinute, workspaceOf } = this.capabilities.budget;
    const now = performance.now();
    const workspace = workspaceOf(channel);
    const last = this.#arrivals.get(channel);
    if (perChannelMs !== null && !isPrivate && last !== undefined && now - last < perChannelMs) {
      return { kind: 'rate_limited', retryAfterMs: perChannelMs, scope: 'channel' };
    }
    const edits = (this.#edits.get(workspace) ?? []).filter((at) => at > now - 60_000);
    const [oldest] = edits;
    if (operation === 'edit' && editsPerMinute !== null && edits.length >= editsPerMinute && oldest !== undefined) {
      return { kind: 'rate_limited', retryAfterMs: oldest + 60_000 - now, scope: 'workspace' };
    }
    if (!isPrivate) this.#arrivals.set(channel, now);
    if (operation === 'edit') this.#edits.set(workspace, [...edits, now]);
    return null;
  }
}
