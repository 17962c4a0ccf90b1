import type { Button, Element } from '../../src/chat/message.ts';

/** Action ids are unique in a message; the action itself travels as the button's value. */
export type NumberedButton = Button & { readonly number: number };

export type NumberedElement =
  | Exclude<Element, { type: 'buttons' }>
  | { readonly type: 'buttons'; readonly buttons: readonly NumberedButton[] };

export function numberButtons(elements: readonly Element[]): NumberedElement[] {
  let number = 0;
  return elements.map((element) =>
    element.type === 'buttons' ? { type: 'buttons', buttons: element.buttons.map((button) => ({ ...button, number: ++number })) } : element,
  );
}
