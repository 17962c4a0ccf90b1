import type { Person } from '../../../../src/domain/deployment.ts';
import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import type { Pending } from '../state.ts';
import { Avatar } from './avatar.ts';
import { Icon } from './icons.ts';

/** What was typed and is not stored yet. It looks as it will look, only paler; when it could not be sent it says so and stays. */
export function PendingItem({ chat, person, pending }: { chat: Chat; person: Person; pending: Pending }): View {
  const hasFailed = pending.state === 'failed';
  return html`<article class=${`message is-first is-pending${hasFailed ? ' has-failed' : ''}`} aria-busy=${!hasFailed}>
    <${Avatar} id=${person.id} name=${person.name} />
    <div class="message-body">
      <header class="message-head"><strong class="author">${person.name}</strong>${!hasFailed && html`<span class="spinner" aria-label="Sending"></span>`}</header>
      <p class=${`said${pending.text.startsWith('/') ? ' said-command' : ''}`} dir="auto">${pending.text}</p>
      ${
        hasFailed &&
        html`<p class="problem" role="alert">
          <${Icon} name="warning" />Not sent. ${pending.problem}
          <button type="button" class="link-button" onClick=${() => chat.resend(pending)}>Try again</button>
          <button type="button" class="link-button" onClick=${() => chat.takeBack(pending)}>Delete</button>
        </p>`
      }
    </div>
  </article>`;
}
