import type { Message } from '../chat/message.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';

type Wish = { readonly app: string; readonly environment: string | null; readonly about: readonly string[] };
type Listed = Wish & { readonly muted: { readonly because: string } | null; readonly isConfigured: boolean };

export function subscribedView(wish: Wish): Message {
  const summary = `This channel follows ${target(wish)}: ${wish.about.join(', ')}`;
  const undo = wish.environment === null ? wish.app : `${wish.app} ${wish.environment}`;
  return composeMessage(summary, 'success', [
    strong(`🔔 ${summary}.`),
    quiet(`Each deployment is one card. To end it: /unsubscribe ${undo}`),
  ]);
}

export function unsubscribedView(ended: readonly Wish[]): Message {
  const summary = `This channel follows ${ended.map(target).join(' and ')} no more`;
  return composeMessage(summary, 'neutral', [strong(`🔕 ${summary}.`)]);
}

export function subscriptionsView(listed: readonly Listed[]): Message {
  const summary = listed.length === 0 ? 'This channel follows nothing' : 'What this channel follows';
  return composeMessage(summary, 'neutral', [
    header(summary),
    listed.length === 0 ? text('Type: /subscribe <app> [environment] [failures,approvals]') : null,
    {
      type: 'table',
      columns: ['App', 'Environment', 'About', ''],
      rows: listed.map((one) => [one.app, one.environment ?? 'all', one.about.join(', '), note(one)]),
    },
  ]);
}

/** To whoever made a subscription, when its channel cannot be written to any more. */
export function mutedView(wish: Wish, channel: string, because: string): Message {
  const summary = `Your subscription to ${target(wish)} is muted`;
  return composeMessage(summary, 'warning', [
    strong(`🔕 ${summary}.`),
    text(`Its channel (${channel}) cannot be written to any more: ${because}.`),
    quiet('Invite Shipmate there and type /subscribe again to hear it.'),
  ]);
}

function target({ app, environment }: Wish): string {
  return environment === null ? app : `${app} ${environment}`;
}

function note({ muted, isConfigured }: Listed): string {
  if (muted !== null) return `muted: ${muted.because}`;
  return isConfigured ? 'by shipmate.yml' : '';
}
