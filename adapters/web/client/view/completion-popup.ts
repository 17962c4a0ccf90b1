import { useEffect, useRef } from 'preact/hooks';
import { html, type View } from '../html.ts';
import type { CompletionState } from '../model/completion.ts';

type CompletionPopupProps = { id: string; state: CompletionState; onChoose: (index: number) => void };

export function CompletionPopup({ id, state, onChoose }: CompletionPopupProps): View {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [state.selected]);
  // Pressing must not take the focus out of the field.
  const press = (event: PointerEvent, index: number) => {
    event.preventDefault();
    onChoose(index);
  };
  return html`<ul class="choices" ref=${list} id=${id} role="listbox" aria-label="Suggestions" onMouseDown=${(event: MouseEvent) => event.preventDefault()}>
    ${state.choices.map(
      (choice, index) => html`<li
        key=${choice.value}
        id=${`${id}-${index}`}
        role="option"
        class="choice"
        aria-selected=${index === state.selected}
        onClick=${(event: PointerEvent) => press(event, index)}
      ><span class="choice-label">${choice.label}</span><span class="choice-detail">${choice.detail}</span></li>`,
    )}
  </ul>`;
}
