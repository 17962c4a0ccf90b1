import type { Selectable } from 'kysely';
import type { Message } from '../../src/chat/message.ts';
import type { Json } from '../../src/domain/json.ts';
import { isPersonal } from '../../src/domain/place.ts';
import type { StoredMessage } from '../../src/domain/stored-message.ts';
import type { NewMessage } from '../../src/ports/message-store.ts';
import { messageBinding } from '../../src/ports/sealed-bindings.ts';
import type { Sealer } from '../../src/ports/sealer.ts';
import { storable } from './documents.ts';
import type { Tables } from './schema.ts';

type Row = Selectable<Tables['messages']>;

/**
 * What one person alone reads (private answers, direct conversations) shows links and codes that work for whoever has them: it
 * is sealed for its row and its reader. Without a sealer (`null`) such messages can be neither written nor read.
 */
export class MessageContent {
  readonly #sealer: Sealer | null;

  constructor(sealer: Sealer | null) {
    this.#sealer = sealer;
  }

  columns(message: NewMessage, id: string): { readonly content: string; readonly sealed: Buffer | null } {
    const content = storable(message.content);
    if (message.privateTo === null && !isPersonal(message)) return { content, sealed: null };
    return { content: 'null', sealed: Buffer.from(this.#required().seal(Buffer.from(content), messageBinding({ ...message, id }))) };
  }

  toMessage(row: Row): StoredMessage {
    return {
      id: row.id,
      platform: row.platform,
      channel: row.channel,
      threadRoot: row.thread_root,
      key: row.key,
      author: row.author as StoredMessage['author'],
      privateTo: row.private_to,
      app: row.app,
      content: row.sealed === null ? (row.content as Json) : this.#open(row, row.sealed),
      replies: row.replies,
      position: row.position,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }

  /** One message whose key is gone must not keep its reader from all others: it says so instead. */
  #open(row: Row, sealed: Buffer): Json {
    const sealer = this.#required();
    const boundTo = messageBinding({ id: row.id, platform: row.platform, channel: row.channel, key: row.key, privateTo: row.private_to });
    try {
      return JSON.parse(Buffer.from(sealer.open(sealed, boundTo)).toString('utf8')) as Json;
    } catch {
      return UNREADABLE;
    }
  }

  #required(): Sealer {
    if (this.#sealer === null) throw new Error('private messages are sealed, and this process was given no sealer');
    return this.#sealer;
  }
}

const UNREADABLE = {
  summary: 'A private message that cannot be opened any more',
  tone: 'neutral',
  elements: [{ type: 'text', text: 'This private message was sealed with a key that is gone.', style: 'quiet' }],
} as const satisfies Message;
