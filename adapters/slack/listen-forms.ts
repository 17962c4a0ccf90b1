import type { App, ViewResponseAction, ViewSubmitAction } from '@slack/bolt';
import type { ChatIntake } from '../../src/chat/chat-intake.ts';
import type { Reply } from '../../src/chat/command.ts';
import { assertNever } from '../../src/chat/message.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { fromSubmission, type SlackDelivery } from './deliveries.ts';
import type { Directory } from './directory.ts';
import { errorAtSecretForm, renderNotice, withNotice } from './form-state.ts';
import type { Inbound } from './inbound.ts';
import { FIELD_ELEMENT, FORM_CALLBACK, renderForm } from './render-form.ts';
import { suggest } from './suggest-options.ts';

type FormOptions = { readonly inbound: Inbound; readonly intake: ChatIntake; readonly directory: Directory; readonly clock: Clock };

/** A submission is answered within 3 s like everything else; so long a refusal can still be shown in the form itself. */
const WAIT_MS = 2500;
/** Submissions whose answer is remembered, for copies of them. */
const REMEMBERED = 200;

export function listenForForms(app: App, { inbound, intake, directory, clock }: FormOptions): void {
  const recent = new Map<string, ViewResponseAction>();
  app.view<ViewSubmitAction>({ callback_id: FORM_CALLBACK, type: 'view_submission' }, async ({ body, ack }) => {
    const startedAt = clock.now();
    const delivery = fromSubmission(body);
    if (delivery === null) return ack();
    const say = (answered: ViewResponseAction): Promise<void> => {
      if (recent.size >= REMEMBERED) recent.delete(recent.keys().next().value ?? '');
      recent.set(delivery.deliveryId, answered);
      return ack(answered);
    };
    const accepted = await inbound.keep(delivery);
    switch (accepted.kind) {
      case 'unavailable':
        return say(complaint(body.view, accepted.message));
      case 'repeated': {
        // An empty answer would close the form, and with it the refusal that it shows.
        const answered = recent.get(delivery.deliveryId);
        return answered === undefined ? ack() : ack(answered);
      }
      case 'accepted': {
        const reply = await inTime(accepted.settled, WAIT_MS - (clock.now() - startedAt), clock);
        if (reply !== 'late') return say(answer(reply, body, delivery));
        await ack({
          response_action: 'update',
          view: renderNotice('Working on it', 'This takes a moment. The answer comes here or to the channel.'),
        });
        return followUp(inbound, body, delivery, accepted.settled);
      }
      default:
        return assertNever(accepted);
    }
  });

  app.options<'block_suggestion'>({ type: 'block_suggestion', action_id: FIELD_ELEMENT }, async ({ body, ack }) => {
    await ack({ options: await suggest(body, intake, directory) });
  });
}

/** A refused form stays open with everything that was filled in; anything else closes it, and the answer comes as a message. */
function answer(reply: Reply | null, { view }: ViewSubmitAction, { channel, handle }: SlackDelivery): ViewResponseAction {
  if (reply?.kind === 'refusal') {
    const { message, hint } = reply.refusal;
    return complaint(view, `${message} ${hint ?? ''}`.trim());
  }
  if (reply?.kind === 'form') return { response_action: 'update', view: renderForm(reply.form, { channel, handle }) };
  return { response_action: 'clear' };
}

function complaint(view: ViewSubmitAction['view'], notice: string): ViewResponseAction {
  return errorAtSecretForm(view, notice) ?? { response_action: 'update', view: withNotice(view, notice) };
}

function followUp(inbound: Inbound, submission: ViewSubmitAction, delivery: SlackDelivery, settled: Promise<Reply | null>): void {
  inbound.inBackground('a form could not be brought up to date', async () => {
    const reply = await settled;
    const said = answer(reply, submission, delivery);
    const done = renderNotice('Done', 'The answer is in the conversation. You can close this.');
    // The form has given way by now, so an error has no field to stand at any more; the refusal stands in the conversation, too.
    const view = said.response_action === 'update' ? said.view : said.response_action === 'errors' ? refusedNotice(reply) : done;
    const client = await inbound.client(delivery.team);
    await client?.views.update({ view_id: submission.view.id, view });
  });
}

function refusedNotice(reply: Reply | null): ReturnType<typeof renderNotice> {
  return renderNotice(
    'Not done',
    reply?.kind === 'refusal' ? `${reply.refusal.message} ${reply.refusal.hint ?? ''}`.trim() : 'Send the command again.',
  );
}

async function inTime(settled: Promise<Reply | null>, ms: number, clock: Clock): Promise<Reply | null | 'late'> {
  const giveUp = new AbortController();
  const late = clock.sleep(Math.max(0, ms), giveUp.signal).then(() => 'late' as const);
  const first = await Promise.race([settled, late]);
  giveUp.abort();
  return first;
}
