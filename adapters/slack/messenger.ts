import type { WebClient } from '@slack/web-api';
import { messageSchema } from '../../src/chat/message-schema.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DeliveryResult, FindResult, Messenger, MessengerCapabilities, OutgoingMessage } from '../../src/ports/messenger.ts';
import { type Address, formatRemoteId, isPerson, parseAddress, parseRemoteId, threadOfMessage, workspaceOf } from './address.ts';
import { EVENT_TYPE, findMessage, unfound } from './find-message.ts';
import { HANDLE_LIFE_MS, parseHandle } from './handle.ts';
import { type Failure, readFailure, toResult } from './outcome.ts';
import { type RenderedMessage, renderMessage } from './render-message.ts';
import { checkResponseUrl, isOver, respond } from './response-url.ts';
import type { Workspaces } from './slack-client.ts';

/**
 * About one message a second in a channel (https://docs.slack.dev/apis/web-api/rate-limits), and `chat.update` at 50 a minute in a
 * workspace: it is a tier 3 method (https://docs.slack.dev/reference/methods/chat.update).
 */
export const SLACK_CAPABILITIES: MessengerCapabilities = {
  threads: true,
  edits: true,
  ephemeral: true,
  directMessages: true,
  forms: true,
  budget: { perChannelMs: 1000, editsPerMinute: 50, workspaceOf },
};

type MessengerOptions = { readonly workspaces: Workspaces; readonly apiUrl: string; readonly clock: Clock };

/** Slack, as the delivery loop works with it. */
export class SlackMessenger implements Messenger {
  readonly platform = 'slack';
  readonly capabilities = SLACK_CAPABILITIES;
  readonly #options: MessengerOptions;

  constructor(options: MessengerOptions) {
    this.#options = options;
  }

  async post(message: OutgoingMessage): Promise<DeliveryResult> {
    if (message.onlyFor !== null) return this.#postPrivately(message, message.onlyFor);
    return this.#attempt(message, 'channel', async (client, { id }, rendered) => {
      const threadTs = threadOf(message);
      const answer = await client.chat.postMessage({
        channel: id,
        ...rendered,
        ...QUIET,
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
        metadata: metadata(message),
        ...(threadTs === null ? {} : { thread_ts: threadTs }),
      });
      const { channel, ts } = answer;
      if (channel === undefined || ts === undefined) return { kind: 'unknown', reason: 'the answer names no message' };
      return { kind: 'delivered', remoteId: formatRemoteId({ conversation: channel, ts, threadTs }) };
    });
  }

  async edit(remoteId: string, message: OutgoingMessage): Promise<DeliveryResult> {
    const posted = parseRemoteId(remoteId);
    if (posted === null) return refused('not a message of Slack');
    return this.#attempt(message, 'workspace', async (client, _, rendered) => {
      await client.chat.update({ channel: posted.conversation, ts: posted.ts, ...rendered, ...QUIET, metadata: metadata(message) });
      return { kind: 'delivered', remoteId };
    });
  }

  async find(message: OutgoingMessage): Promise<FindResult> {
    // An answer for one person cannot be looked up, by anybody.
    const address = parseAddress(message.channel);
    if (address === null || message.onlyFor !== null) return { kind: 'absent' };
    try {
      const client = await this.#options.workspaces.client(address.team);
      if (client === null) return { kind: 'absent' };
      const posted = message.threadOf === null ? null : parseRemoteId(message.threadOf);
      const conversation = posted?.conversation ?? (await conversationOf(client, address));
      return await findMessage(client, { conversation, threadTs: threadOf(message) }, message.id);
    } catch (error) {
      return unfound(error);
    }
  }

  /** With the address that the delivery brought, as long as Slack takes it; otherwise as an ephemeral message of the bot's. */
  async #postPrivately(message: OutgoingMessage, onlyFor: string): Promise<DeliveryResult> {
    const account = parseAddress(onlyFor);
    if (account === null) return refused('not an account of Slack');
    const handle = parseHandle(message.handle);
    const url = handle?.responseUrl == null ? null : checkResponseUrl(handle.responseUrl, this.#options.apiUrl);
    if (url !== null && !isOver(message.handleSince, HANDLE_LIFE_MS, this.#options.clock)) {
      const content = messageSchema.safeParse(message.content);
      if (!content.success) return refused('not a message');
      const failure = await respond(url, renderMessage(content.data), handle?.threadTs ?? null);
      if (failure === null) return { kind: 'delivered', remoteId: null };
      if (failure.kind !== 'code' || !isUsedUp(failure)) return toResult(failure, 'channel');
    }
    return this.#attempt(message, 'channel', async (client, { id }, rendered) => {
      // In a direct message everything is for one person, and an ephemeral one would be gone after a reload.
      if (isPerson(id)) await client.chat.postMessage({ channel: id, ...rendered, ...QUIET, ...SHOWN_ONCE, metadata: metadata(message) });
      else {
        const threadTs = threadOf(message);
        await client.chat.postEphemeral({
          channel: id,
          user: account.id,
          ...rendered,
          ...QUIET,
          ...(threadTs === null ? {} : { thread_ts: threadTs }),
        });
      }
      return { kind: 'delivered', remoteId: null };
    });
  }

  /** One attempt, whatever comes of it. */
  async #attempt(
    message: OutgoingMessage,
    scope: 'channel' | 'workspace',
    call: (client: WebClient, address: Address, rendered: RenderedMessage) => Promise<DeliveryResult>,
  ): Promise<DeliveryResult> {
    const address = parseAddress(message.channel);
    if (address === null) return { ...refused('not a channel of Slack'), channelIsGone: true };
    // In the channel instead of its thread it would be seen by everyone: rather not at all.
    if (message.threadOf !== null && parseRemoteId(message.threadOf) === null) return refused('not a thread of Slack');
    const content = messageSchema.safeParse(message.content);
    if (!content.success) return refused('not a message');
    let client: WebClient | null;
    try {
      client = await this.#options.workspaces.client(address.team);
    } catch {
      return { kind: 'unavailable', reason: 'the installation could not be read' };
    }
    if (client === null) return { ...refused('not installed in this workspace'), channelIsGone: true };
    try {
      return await call(client, address, renderMessage(content.data));
    } catch (error) {
      const failure = readFailure(error);
      if (failure === null) throw error;
      return toResult(failure, scope);
    }
  }
}

/** Nothing in a text becomes a mention or a link. `chat.update` reads markup by default, unlike `chat.postMessage`. */
const QUIET = { parse: 'none', link_names: false } as const;
const SHOWN_ONCE = { mrkdwn: false, unfurl_links: false, unfurl_media: false } as const;

/** A response URL that was used five times or is older than 30 minutes, in Slack's words; the bot's own token still works then. */
const USED_UP = new Set(['expired_url', 'used_url', 'http_404', 'http_410']);

function isUsedUp(failure: Extract<Failure, { kind: 'code' }>): boolean {
  return USED_UP.has(failure.code);
}

function refused(reason: string): Extract<DeliveryResult, { kind: 'refused' }> {
  return { kind: 'refused', reason, channelIsGone: false };
}

function metadata(message: OutgoingMessage) {
  return { event_type: EVENT_TYPE, event_payload: { id: message.id } };
}

/** The thread of the message it belongs to, or the one that its delivery was written in. */
function threadOf(message: OutgoingMessage): string | null {
  if (message.threadOf !== null) {
    const root = parseRemoteId(message.threadOf);
    return root === null ? null : threadOfMessage(root);
  }
  return parseHandle(message.handle)?.threadTs ?? null;
}

async function conversationOf(client: WebClient, { id }: Address): Promise<string> {
  if (!isPerson(id)) return id;
  const opened = await client.conversations.open({ users: id });
  return opened.channel?.id ?? id;
}
