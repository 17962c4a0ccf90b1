import type { Button, Element } from '../../src/chat/message.ts';

/** Action ids are unique in a message; the action itself travels as the button's value. */
export type NumberedButton = Button & { readonly number: number };
export type NumberedLink = Extract<Element, { type: 'link' }> & { readonly number: number };
export type NumberedSelect = Extract<Element, { type: 'select' }> & { readonly number: number };

export type NumberedElement =
  | Exclude<Element, { type: 'buttons' | 'link' | 'select' }>
  | NumberedLink
  | NumberedSelect
  | { readonly type: 'buttons'; readonly buttons: readonly NumberedButton[] };

export function numberButtons(elements: readonly Element[]): NumberedElement[] {
  let number = 0;
  return elements.map((element) => {
    if (element.type === 'link' || element.type === 'select') return { ...element, number: ++number };
    if (element.type !== 'buttons') return element;
    return { type: 'buttons', buttons: element.buttons.map((button) => ({ ...button, number: ++number })) };
  });
}
