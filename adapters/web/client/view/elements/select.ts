import { useState } from 'preact/hooks';
import type { Element } from '../../../../../src/chat/message.ts';
import { html, type View } from '../../html.ts';

type SelectProps = Omit<Extract<Element, { type: 'select' }>, 'type'> & { onChoose: (choice: string) => void; isBusy: boolean };

/** Choosing does nothing yet: whoever goes through the list by keyboard passes by others. */
export function Select({ placeholder, options, onChoose, isBusy }: SelectProps): View {
  const [choice, setChoice] = useState('');
  return html`<form
    class="buttons menu-choice"
    onSubmit=${(event: SubmitEvent) => {
      event.preventDefault();
      if (choice !== '') onChoose(choice);
    }}
  >
    <select aria-label=${placeholder} value=${choice} disabled=${isBusy} onChange=${(event: Event) => {
      if (event.target instanceof HTMLSelectElement) setChoice(event.target.value);
    }}>
      <option value="">${placeholder}</option>
      ${options.map(({ value, label }) => html`<option key=${value} value=${value}>${label}</option>`)}
    </select>
    <button type="submit" class="button button-normal" disabled=${choice === '' || isBusy} aria-busy=${isBusy}>
      ${isBusy && html`<span class="spinner" aria-hidden="true"></span>`}Choose
    </button>
  </form>`;
}
