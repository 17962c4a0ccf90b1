import type { App } from '@slack/bolt';
import { stripUmbrella } from '../../src/chat/umbrella.ts';
import { splitWords } from '../../src/chat/words.ts';
import { fromChoice, fromClick, fromCommand, fromMessage, fromShortcut, type SlackDelivery } from './deliveries.ts';
import { renderNotice } from './form-state.ts';
import type { Inbound } from './inbound.ts';
import { GLOBAL_SHORTCUT, MESSAGE_SHORTCUT } from './manifest.ts';
import { BUTTON_ID } from './render-buttons.ts';
import { inertLine } from './text-objects.ts';

/** Could not be kept. Not acknowledged, so that Slack brings it again. */
class NotKeptError extends Error {
  constructor() {
    super('the delivery could not be kept');
    this.name = 'NotKeptError';
  }
}

const LONGEST_NOTE = 1000;

/** Commands, mentions, shortcuts, buttons and menus: each is kept first and acknowledged then. */
export function listenForCommands(app: App, inbound: Inbound): void {
  app.command(/./, async ({ body, ack }) => {
    const delivery = fromCommand(body);
    const accepted = await inbound.keep(delivery);
    // Slack shows the body of the answer to the sender alone.
    if (accepted.kind === 'unavailable') return ack({ response_type: 'ephemeral', text: inertLine(accepted.message, LONGEST_NOTE) });
    await ack();
    if (accepted.kind === 'accepted') inbound.openWhenAsked(delivery, body.trigger_id, accepted.settled);
  });

  app.event('app_mention', async ({ event, body }) => keepMessage(inbound, fromMessage(event, body)));
  app.event('message', async ({ event, body }) => {
    if (event.channel_type === 'im' && 'user' in event) await keepMessage(inbound, fromMessage(event, body));
  });

  app.shortcut(new RegExp(`^(?:${GLOBAL_SHORTCUT}|${MESSAGE_SHORTCUT})$`), async ({ shortcut, ack }) => {
    const delivery = fromShortcut(shortcut);
    if (delivery === null) return ack();
    const accepted = await inbound.keep(delivery);
    await ack();
    if (accepted.kind === 'accepted') inbound.openWhenAsked(delivery, shortcut.trigger_id, accepted.settled);
    if (accepted.kind === 'unavailable') explain(inbound, delivery, shortcut.trigger_id, accepted.message);
  });

  app.action({ type: 'block_actions', action_id: new RegExp(`^${BUTTON_ID}-`) }, async ({ body, action, ack }) => {
    const delivery = action.type === 'button' ? fromClick(body, action) : action.type === 'static_select' ? fromChoice(body, action) : null;
    if (delivery === null) return ack();
    const accepted = await inbound.keep(delivery);
    await ack();
    if (accepted.kind === 'accepted') inbound.openWhenAsked(delivery, body.trigger_id, accepted.settled);
    if (accepted.kind === 'unavailable') explain(inbound, delivery, body.trigger_id, accepted.message);
  });
}

async function keepMessage(inbound: Inbound, delivery: SlackDelivery | null): Promise<void> {
  if (delivery === null) return;
  // Not even begun: what a form would show once, such as a new token, would be made and seen by nobody.
  if (inbound.mayAnswerWithForm(delivery)) return inbound.tellWriter(delivery, withoutForm(delivery));
  const accepted = await inbound.keep(delivery);
  // Nothing can be shown in the answer to an event; Slack tries again after a minute and after five.
  if (accepted.kind === 'unavailable') throw new NotKeptError();
}

/** Names the command and repeats nothing else of what was typed. */
function withoutForm({ what }: SlackDelivery): string {
  const words = what.kind === 'command' ? stripUmbrella(splitWords(what.text).words).words : [];
  const command = (words[0]?.text ?? '').replace(/^\/+/, '').toLowerCase();
  return `Nothing was done: this needs a form, and Slack opens one only for a slash command. Type it as one: /${command} …`;
}

/** The answer to a click shows nothing, so the person is told in a dialog. */
function explain(inbound: Inbound, delivery: SlackDelivery, triggerId: string, message: string): void {
  inbound.inBackground('a note could not be shown', async () => {
    const client = await inbound.client(delivery.team);
    await client?.views.open({ trigger_id: triggerId, view: renderNotice('Not done', message) });
  });
}
