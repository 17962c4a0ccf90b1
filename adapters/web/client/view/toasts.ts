import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import type { Toast } from '../state.ts';
import { Icon } from './icons.ts';

export function Toasts({ chat, toasts }: { chat: Chat; toasts: readonly Toast[] }): View {
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.map(
      (toast) => html`<div key=${toast.id} class=${`toast toast-${toast.tone}`}>
        <span>${toast.text}</span>
        <button type="button" class="icon-button" aria-label="Close" onClick=${() => chat.closeToast(toast.id)}><${Icon} name="close" /></button>
      </div>`,
    )}
  </div>`;
}
