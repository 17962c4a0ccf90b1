import type { Completion } from '../../src/chat/command.ts';
import type { Form } from '../../src/chat/message.ts';
import type { Person } from '../../src/domain/deployment.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import type { StoredMessage } from '../../src/domain/stored-message.ts';

/** What goes over `/api/v1/chat`, for the server part and the browser client alike. Types only: the client imports nothing else from here. */

export type SessionAnswer = {
  readonly mode: 'development' | 'production';
  readonly workspace: string;
  readonly person: Person | null;
  /** Everyone you may choose to be; only in development mode, otherwise empty. */
  readonly people: readonly Person[];
  readonly serverTime: number;
};

/** Where I am signed in, last seen first. */
export type SessionsAnswer = { readonly sessions: readonly OwnSession[] };
export type OwnSession = {
  readonly id: string;
  readonly browser: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly endsAt: number;
  /** The browser that asks. */
  readonly isThis: boolean;
};
export type EndedAnswer = { readonly ended: number };

export type ChannelsAnswer = { readonly channels: readonly { readonly name: string; readonly topic: string }[] };

export type HistoryAnswer = {
  /** Oldest first. */
  readonly messages: readonly StoredMessage[];
  /** Taken before the messages were read: a live stream from here on misses nothing. */
  readonly position: number;
  readonly hasMore: boolean;
};

export type ThreadAnswer = { readonly messages: readonly StoredMessage[] };

/** Where a deployment's card stands. */
export type CardAnswer = { readonly channel: string; readonly thread: string };

export type CommandsAnswer = { readonly commands: readonly CommandSummary[] };
export type CommandSummary = { readonly name: string; readonly summary: string; readonly usage: string };

export type CompleteAnswer = { readonly replaceFrom: number; readonly completions: readonly Completion[] };

/** What a send or an action led to. Messages themselves come by the live stream; a repeated delivery is `repeated`. */
export type SentAnswer =
  | { readonly kind: 'said'; readonly message: StoredMessage }
  | { readonly kind: 'message'; readonly visibility: 'private' | 'public' }
  | { readonly kind: 'card'; readonly deploymentId: string }
  | { readonly kind: 'form'; readonly form: Form }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'repeated' };

export type ErrorAnswer = { readonly error: { readonly code: string; readonly message: string; readonly requestId?: string } };
