import type { Json } from './json.ts';

/** One message of a conversation as it should stand on its platform. */
export type StoredMessage = {
  readonly id: string;
  readonly platform: string;
  readonly channel: string;
  /** The message whose thread this one is in; null in the channel itself. */
  readonly threadRoot: string | null;
  readonly key: string | null;
  readonly author: { readonly kind: 'person'; readonly id: string; readonly name: string } | { readonly kind: 'bot' };
  /** Person id of the only reader of a private answer; null for everyone in the channel. */
  readonly privateTo: string | null;
  /** The app that it tells about; null for none. In the browser chat only whoever may see the app reads it. */
  readonly app: string | null;
  /** A neutral message (src/chat/message.ts) for the bot, plain text for people; opaque to the store. */
  readonly content: Json;
  readonly replies: number;
  /** Grows with every insert and edit, over all messages. */
  readonly position: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};
