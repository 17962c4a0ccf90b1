import type { Button } from '../../../../src/chat/message.ts';
import { html, type View } from '../html.ts';
import { Dialog } from './dialog.ts';

type ConfirmDialogProps = {
  confirm: NonNullable<Button['confirm']>;
  style: Button['style'];
  onYes: () => void;
  onNo: () => void;
};

/** Says exactly what will happen before it happens. The safe answer has the focus. */
export function ConfirmDialog({ confirm, style, onYes, onNo }: ConfirmDialogProps): View {
  return html`<${Dialog} title=${confirm.title} role="alertdialog" onClose=${onNo}>
    <p class="dialog-text" dir="auto">${confirm.text}</p>
    <footer class="dialog-foot">
      <button type="button" class="button" autofocus onClick=${onNo}>${confirm.no}</button>
      <button type="button" class=${`button button-${style === 'danger' ? 'danger-full' : 'primary'}`} onClick=${onYes}>${confirm.yes}</button>
    </footer>
  <//>`;
}
