import type { ActionDelivery, ChatCore, CommandDelivery } from '../../../src/chat/chat-core.ts';
import type { Reply } from '../../../src/chat/command.ts';
import { acceptDelivery, markAnswered } from '../../../src/chat-core/accept-delivery.ts';
import type { ChatCoreParts } from '../../../src/chat-core/parts.ts';
import type { Database } from '../../../src/ports/database.ts';
import { only } from '../builders-parts.ts';

/** The core as the intake sees it: accepted once by the real guard, then an effect that counts, then the answer is marked. */
export function countingCore(
  database: Database,
  effect: (delivery: CommandDelivery | ActionDelivery) => Promise<Reply>,
): Pick<ChatCore, 'command' | 'action' | 'complete'> {
  const parts = only<ChatCoreParts>('core', { database });
  const handle = async (delivery: CommandDelivery | ActionDelivery): Promise<Reply | null> => {
    const context = { ...delivery, now: Date.now() };
    if (!(await acceptDelivery(parts, context, null))) return null;
    const reply = await effect(delivery);
    await markAnswered(parts, context);
    return reply;
  };
  return {
    command: handle,
    action: handle,
    complete: async ({ person }) => ({ replaceFrom: 0, completions: [{ value: person.id, label: person.name }] }),
  };
}
