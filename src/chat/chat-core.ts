import type { Person } from '../domain/deployment.ts';
import type { StoredMessage } from '../domain/stored-message.ts';
import type { Completion, Reply } from './command.ts';

/**
 * What every platform adapter calls: it turns the platform's deliveries into these, and shows what comes back. The
 * implementation lives in the application; adapters get it handed in.
 */
export interface ChatCore {
  /** A typed command, with or without the leading slash or the umbrella word. Once per delivery id: a repeated delivery answers `null`. */
  command(delivery: CommandDelivery): Promise<Reply | null>;
  /** A button click or a submitted form. */
  action(delivery: ActionDelivery): Promise<Reply | null>;
  /** Completions for the text up to the cursor; `replaceFrom` is the index where the completed word starts. */
  complete(request: {
    text: string;
    person: Person;
    platform: string;
    channel: string;
  }): Promise<{ replaceFrom: number; completions: readonly Completion[] }>;
  /** Names, summaries and usage of the commands, for menus. */
  commands(): readonly { name: string; summary: string; usage: string }[];
}

export type CommandDelivery = {
  readonly platform: string;
  readonly deliveryId: string;
  readonly channel: string;
  readonly person: Person;
  readonly text: string;
};

export type ActionDelivery = {
  readonly platform: string;
  readonly deliveryId: string;
  readonly channel: string;
  readonly person: Person;
  readonly action: string;
  readonly values: Readonly<Record<string, string>>;
  /** The form that sent it stays open and shows why it was refused: then no message says so once more. Default false. */
  readonly showsRefusal?: boolean;
};

/** Conversations as a platform without a server of its own (the browser chat, the terminal) reads them. */
export interface Conversations {
  channels(): readonly { name: string; topic: string }[];
  /** Null when there is no such person. */
  person(id: string): Person | null;
  people(): readonly Person[];
  /** What a person wrote that is no command, so that a channel reads like one. */
  say(message: {
    platform: string;
    channel: string;
    threadRoot: string | null;
    person: Person;
    text: string;
    /** The client's own id of this delivery: the same one again answers the message stored the first time, kept under the key `said:<deliveryId>`. */
    deliveryId?: string;
  }): Promise<StoredMessage>;
  channel(platform: string, channel: string, viewer: Person, limit: number, beforeId?: string): Promise<readonly StoredMessage[]>;
  thread(rootId: string, viewer: Person): Promise<readonly StoredMessage[]>;
  /** Where a deployment's card stands on this platform; null when it does not, and for whoever may not see its app. */
  card(platform: string, deploymentId: string, viewer: Person): Promise<StoredMessage | null>;
  /** Apps whose messages this person may read now. */
  readableApps(viewer: Person): readonly string[];
  changedSince(platform: string, viewer: Person, position: number): Promise<readonly StoredMessage[]>;
  position(): Promise<number>;
  /** Calls back when some message was written or edited anywhere. */
  onChange(callback: () => void): Promise<{ stop(): Promise<void> }>;
}
