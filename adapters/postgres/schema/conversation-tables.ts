import type { ColumnType, Generated, RawBuilder } from 'kysely';
import type { Document } from './columns.ts';

/** What people asked, what they are told, and how far each platform has it. */
export type ConversationTables = {
  inbox: { platform: string; delivery_id: string; at: number };
  messages: MessageTable;
  subscriptions: SubscriptionTable;
  intake: IntakeTable;
  deliveries: DeliveryTable;
  delivery_progress: { platform: string; position: number; spending: Document };
  installations: { platform: string; workspace: string; sealed: Buffer; at: number };
};

type MessageTable = {
  id: string;
  seq: Generated<number>;
  platform: string;
  channel: string;
  thread_root: string | null;
  key: string | null;
  author: Document;
  private_to: string | null;
  app: string | null;
  content: ColumnType<unknown, string, string>;
  sealed: Buffer | null;
  replies: Generated<number>;
  position: Generated<number>;
  created_at: number;
  updated_at: number;
};

type SubscriptionTable = {
  id: string;
  platform: string;
  channel: string;
  app: string;
  environment: string | null;
  about: Document;
  created_by: Document;
  created_at: number;
  muted_at: number | null;
  muted_because: string | null;
};

type IntakeTable = {
  platform: string;
  delivery_id: string;
  channel: string;
  account_id: string;
  payload: Buffer | null;
  handle: Buffer | null;
  token: string;
  tries: number;
  claimant: string | null;
  claimed_until: ColumnType<Date, RawBuilder<Date>, RawBuilder<Date>>;
  received_at: number;
  answered_at: number | null;
};

type DeliveryTable = {
  message_id: string;
  platform: string;
  state: string;
  remote_id: string | null;
  sent_to: string | null;
  shown: string | null;
  shown_position: number | null;
  posting: string | null;
  posting_position: number | null;
  posting_since: number | null;
  looks: number;
  attempts: number;
  next_at: number;
  reposts: number;
  refused: string | null;
  reason: string | null;
};
