import { useEffect, useId, useRef } from 'preact/hooks';
import { type Children, html, type View } from '../html.ts';

type DialogProps = { title: string; role?: 'dialog' | 'alertdialog'; onClose: () => void; children?: Children };

/** A modal dialog by the browser's own means: it keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ title, role = 'dialog', onClose, children }: DialogProps): View {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  const onCancel = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  // A press on the backdrop is a press on the dialog element itself; one that starts inside and ends outside is not.
  const onPress = (event: PointerEvent) => {
    if (event.target === dialog.current) onClose();
  };
  return html`<dialog class="dialog" ref=${dialog} role=${role} aria-labelledby=${titleId} onCancel=${onCancel} onPointerDown=${onPress}>
    <div class="dialog-box"><h2 id=${titleId} dir="auto">${title}</h2>${children}</div>
  </dialog>`;
}
