import type {
  BlockAction,
  ButtonAction,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  StaticSelectAction,
  ViewSubmitAction,
} from '@slack/bolt';
import type { IncomingDelivery } from '../../src/chat/chat-intake.ts';
import { formatAddress } from './address.ts';
import { readValues } from './form-state.ts';
import { formatHandle, parseHandle } from './handle.ts';
import { mentionText } from './mention-text.ts';
import { readContext } from './render-form.ts';
import { actionOfSelect } from './render-select.ts';

/** A delivery before the groups and the name of its sender are known. */
export type SlackDelivery = Omit<IncomingDelivery, 'account'> & {
  readonly sender: { readonly team: string; readonly user: string; readonly name: string | null };
  /** The workspace that it came from, where Shipmate is installed; the sender may be a guest from another one. */
  readonly team: string;
};

/**
 * `trigger_id` is made for the one time that somebody pressed return: a replayed request has the same one
 * (https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling). Slack does not send commands again.
 */
export function fromCommand(body: SlashCommand): SlackDelivery {
  const sender = { team: body.team_id, user: body.user_id, name: body.user_name };
  return {
    platform: 'slack',
    deliveryId: `command:${body.trigger_id}`,
    channel: channelAddress(body.team_id, body.channel_id, sender.user),
    team: body.team_id,
    sender,
    what: { kind: 'command', text: `${body.command} ${body.text}`.trim() },
    handle: formatHandle({ responseUrl: body.response_url, threadTs: null }),
  };
}

type MentionEvent = {
  readonly type: string;
  readonly channel: string;
  readonly user?: string | undefined;
  readonly text?: string | undefined;
  readonly thread_ts?: string | undefined;
  readonly team?: string | undefined;
  readonly user_team?: string | undefined;
  readonly subtype?: string | undefined;
  readonly bot_id?: string | undefined;
  readonly edited?: unknown;
};

type EventBody = {
  readonly team_id: string;
  readonly event_id: string;
  readonly authorizations?: readonly { readonly team_id?: string | null; readonly user_id: string }[] | undefined;
};

/**
 * A mention, or a direct message to us. `event_id` is unique for the event, and all attempts to deliver it (`X-Slack-Retry-Num`) carry the same one:
 * https://docs.slack.dev/apis/events-api/#callback-field. Null for what is no command: what bots say, our own words among
 * it, what only mentions us on the way, and edited messages, which come as events of their own and would run a second time.
 */
export function fromMessage(event: MentionEvent, body: EventBody): SlackDelivery | null {
  if (event.user === undefined || event.user === 'USLACKBOT' || event.bot_id !== undefined || event.edited !== undefined) return null;
  if (event.subtype !== undefined && event.subtype !== 'thread_broadcast') return null;
  const own = body.authorizations?.[0];
  const text = mentionText(event.text ?? '', own?.user_id ?? null, event.channel.startsWith('D'));
  if (text === null) return null;
  const team = own?.team_id ?? body.team_id;
  const sender = { team: event.user_team ?? event.team ?? team, user: event.user, name: null };
  return {
    platform: 'slack',
    deliveryId: `event:${body.event_id}`,
    channel: channelAddress(team, event.channel, sender.user),
    team,
    sender,
    what: { kind: 'command', text: text || 'help' },
    handle: formatHandle({ responseUrl: null, threadTs: event.thread_ts ?? null }),
    isBroughtAgain: true,
  };
}

/** The same as typing the command without arguments, which asks with a form. Its `trigger_id` is the press's own, as a command's. */
export function fromShortcut(body: GlobalShortcut | MessageShortcut): SlackDelivery | null {
  const team = body.team?.id ?? body.user.team_id;
  if (team === undefined) return null;
  const sender = { team: body.user.team_id ?? team, user: body.user.id, name: nameOf(body.user) };
  const channel = body.type === 'message_action' ? body.channel.id : sender.user;
  return {
    platform: 'slack',
    deliveryId: `shortcut:${body.trigger_id}`,
    channel: channelAddress(team, channel, sender.user),
    team,
    sender,
    what: { kind: 'command', text: '/deploy' },
    handle: body.type === 'message_action' ? formatHandle({ responseUrl: body.response_url, threadTs: null }) : null,
  };
}

/** A press of a button, whose value is the action. */
export function fromClick(body: BlockAction, action: ButtonAction): SlackDelivery | null {
  return action.value ? fromAction(body, action.value, {}, action.action_ts) : null;
}

/** A choice in a menu, whose id has the action. */
export function fromChoice(
  body: BlockAction,
  { action_id: id, action_ts: at, selected_option: option }: StaticSelectAction,
): SlackDelivery | null {
  const action = actionOfSelect(id);
  return action === null || !option ? null : fromAction(body, action, { choice: option.value }, at);
}

/**
 * `action_ts` is when the button was pressed: together with where, by whom and what it is the press itself, and the same in every copy of the
 * request (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload).
 */
function fromAction(body: BlockAction, action: string, values: Readonly<Record<string, string>>, at: string): SlackDelivery | null {
  const team = body.team?.id ?? body.user.team_id;
  if (team === undefined) return null;
  const sender = { team: body.user.team_id ?? team, user: body.user.id, name: nameOf(body.user) };
  const { container } = body;
  const place = String(container['message_ts'] ?? container['view_id'] ?? '');
  const threadTs: unknown = body.message?.['thread_ts'] ?? container['thread_ts'];
  const channel = body.channel?.id ?? container['channel_id'];
  return {
    platform: 'slack',
    deliveryId: `click:${place}:${sender.user}:${action}:${at}`,
    channel: channelAddress(team, typeof channel === 'string' ? channel : sender.user, sender.user),
    team,
    sender,
    what: { kind: 'action', action, values },
    handle: formatHandle({ responseUrl: body.response_url ?? null, threadTs: typeof threadTs === 'string' ? threadTs : null }),
  };
}

/**
 * A view's `hash` changes whenever the view is changed (https://docs.slack.dev/reference/views/modal-views), and a refused submission changes it: so
 * the id and the hash name one submission, and the corrected one is another.
 */
export function fromSubmission(body: ViewSubmitAction): SlackDelivery | null {
  const context = readContext(body.view.private_metadata);
  const team = body.view.app_installed_team_id ?? body.team?.id ?? body.user.team_id;
  if (context === null || team === undefined) return null;
  return {
    platform: 'slack',
    deliveryId: `form:${body.view.id}:${body.view.hash}`,
    channel: context.channel,
    team,
    sender: { team: body.user.team_id ?? team, user: body.user.id, name: nameOf(body.user) },
    what: { kind: 'action', action: context.action, values: readValues(body.view) },
    handle: parseHandle(context.handle) === null ? null : context.handle,
  };
}

/** A conversation of two is named by the person: the bot can always write to them there, and is in no other one. */
export function channelAddress(team: string, channel: string, user: string): string {
  return formatAddress(team, channel.startsWith('D') ? user : channel);
}

function nameOf(user: { name?: string | undefined; username?: string | undefined }): string | null {
  return user.name ?? user.username ?? null;
}
