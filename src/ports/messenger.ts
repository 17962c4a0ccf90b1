import type { DeliveryResult, FindResult } from '../domain/delivery-result.ts';
import type { Json } from '../domain/json.ts';

/**
 * A chat platform, as the delivery loop works with it: one attempt each, no retry, no waiting, no queue of its own. Every
 * outcome is a value, so that the loop alone decides what comes next; it throws only for a defect of its own.
 */
export interface Messenger {
  /** `slack`, `discord`: the `platform` of stored messages. */
  readonly platform: string;
  readonly capabilities: MessengerCapabilities;
  /** Posts a message that does not stand there yet. It carries {@link OutgoingMessage.id}, so that {@link find} can tell it. */
  post(message: OutgoingMessage): Promise<DeliveryResult>;
  /** Brings a message that was posted to its present content. */
  edit(remoteId: string, message: OutgoingMessage): Promise<DeliveryResult>;
  /** Looks for a message after a `post` whose outcome is unknown. */
  find(message: OutgoingMessage): Promise<FindResult>;
}

/** What core code reacts to, never the platform's name. */
export type MessengerCapabilities = {
  readonly threads: boolean;
  readonly edits: boolean;
  /** Answers that only one person sees. */
  readonly ephemeral: boolean;
  readonly directMessages: boolean;
  readonly forms: boolean;
  /** How long after its delivery a handle still answers; left out when the platform answers one person without it, too. */
  readonly handleKeptMs?: number;
  readonly budget: DeliveryBudget;
};

/** Ceilings that the loop keeps by itself, whatever the platform answers; null where only the platform's own answers count. */
export type DeliveryBudget = {
  /** Messages posted or edited in one channel: at most one in this many milliseconds. */
  readonly perChannelMs: number | null;
  /** Edits a minute in a whole workspace. */
  readonly editsPerMinute: number | null;
  /** The workspace that a channel's address belongs to: budgets, and a platform that does not answer, are counted by it. */
  readonly workspaceOf: (channel: string) => string;
};

export type OutgoingMessage = {
  /** Ours, for good: the same message again has the same id. */
  readonly id: string;
  /** The platform's address of the channel; its adapter alone knows what it is made of. */
  readonly channel: string;
  /** The message (as posted) whose thread this one belongs to; null in the channel itself. */
  readonly threadOf: string | null;
  /** The platform's account id of the only reader; null for everyone in the channel. */
  readonly onlyFor: string | null;
  /** How to answer the very delivery that this is the answer to, as its adapter gave it in; null for all other messages. */
  readonly handle: Json | null;
  /** When that delivery came in: handles grow old. */
  readonly handleSince: number | null;
  /** A neutral message (src/chat/message.ts), opaque here. */
  readonly content: Json;
};

export type { DeliveryResult, FindResult } from '../domain/delivery-result.ts';
