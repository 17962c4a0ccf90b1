import type { Json } from '../domain/json.ts';
import type { Button } from './message.ts';
import { messageSchema } from './message-schema.ts';

/** What the button with this action asks before it acts, in a stored message; null when there is no such button, or it asks nothing. */
export function confirmOf(content: Json, action: string): Button['confirm'] {
  const parsed = messageSchema.safeParse(content);
  if (!parsed.success) return null;
  const buttons = parsed.data.elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));
  return buttons.find((button) => button.action === action)?.confirm ?? null;
}
