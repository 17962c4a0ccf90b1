import { useState } from 'preact/hooks';
import type { Button } from '../../../../../src/chat/message.ts';
import { html, type View } from '../../html.ts';
import { ConfirmDialog } from '../confirm-dialog.ts';

type ButtonsProps = { buttons: readonly Button[]; onAction: (action: string) => void; isActing: (action: string) => boolean };

export function Buttons({ buttons, onAction, isActing }: ButtonsProps): View {
  const [asked, setAsked] = useState<Button | null>(null);
  const click = (button: Button) => (button.confirm === null ? onAction(button.action) : setAsked(button));
  return html`<div class="buttons">
    ${buttons.map((button) => {
      const isBusy = isActing(button.action);
      return html`<button type="button" key=${button.action} class=${`button button-${button.style}`} disabled=${isBusy} aria-busy=${isBusy} onClick=${() => click(button)}>
        ${isBusy && html`<span class="spinner" aria-hidden="true"></span>`}${button.label}
      </button>`;
    })}
    ${
      asked !== null &&
      asked.confirm !== null &&
      html`<${ConfirmDialog}
        confirm=${asked.confirm}
        style=${asked.style}
        onYes=${() => {
          setAsked(null);
          onAction(asked.action);
        }}
        onNo=${() => setAsked(null)}
      />`
    }
  </div>`;
}
