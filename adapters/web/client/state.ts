import type { Form } from '../../../src/chat/message.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { CommandSummary, SessionAnswer } from '../wire.ts';
import type { MessageLog } from './model/message-log.ts';
import type { ReadMarks } from './model/unread.ts';

/** Something typed that is on its way, or did not arrive. */
export type Pending = {
  readonly deliveryId: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly text: string;
  readonly at: number;
  readonly state: 'sending' | 'failed';
  readonly problem: string | null;
};

export type Toast = { readonly id: number; readonly text: string; readonly tone: 'danger' | 'neutral' };

export type ChannelView = {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly hasMore: boolean;
  /** Creation time of the oldest message loaded; null when the channel is loaded from its beginning. */
  readonly oldestAt: number | null;
  /** When the reader opened the channel with news in it: the line stands there until they leave. */
  readonly unreadFrom: number | null;
};

/** Everything the page shows. Replaced, never changed in place. */
export type ChatState = {
  readonly session: SessionAnswer;
  readonly person: Person;
  readonly channels: readonly { readonly name: string; readonly topic: string }[];
  readonly commands: readonly CommandSummary[];
  readonly channel: string;
  readonly thread: string | null;
  readonly isThreadLoading: boolean;
  readonly log: MessageLog;
  readonly views: Readonly<Record<string, ChannelView>>;
  readonly pending: readonly Pending[];
  readonly marks: ReadMarks;
  readonly dismissed: ReadonlySet<string>;
  readonly connection: 'connecting' | 'live' | 'lost' | 'paused';
  readonly toasts: readonly Toast[];
  readonly form: { readonly form: Form; readonly channel: string } | null;
  /** Actions in flight, `<message id> <action>`. */
  readonly acting: ReadonlySet<string>;
  readonly isSidebarOpen: boolean;
};
