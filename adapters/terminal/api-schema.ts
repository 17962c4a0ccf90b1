import { z } from 'zod';
import { formSchema, messageSchema } from '../../src/chat/message-schema.ts';

/** What the terminal reads of the chat API's answers; everything else is ignored. */
const storedMessage = z.object({
  id: z.string(),
  key: z.string().nullable(),
  position: z.number(),
  author: z.object({ kind: z.enum(['person', 'bot']) }),
  content: z.unknown(),
});

export const channelsSchema = z.object({ channels: z.array(z.object({ name: z.string() })) });

export const historySchema = z.object({ messages: z.array(storedMessage), position: z.number() });

export const sentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('said') }),
  z.object({ kind: z.literal('message'), visibility: z.enum(['private', 'public']) }),
  z.object({ kind: z.literal('card'), deploymentId: z.string() }),
  z.object({ kind: z.literal('form'), form: formSchema }),
  z.object({ kind: z.literal('refusal'), refusal: z.object({ refused: z.string(), message: z.string(), hint: z.string().nullable() }) }),
  z.object({ kind: z.literal('repeated') }),
]);
export type Sent = z.infer<typeof sentSchema>;

export const cardSchema = z.object({ channel: z.string() });

export const completionsSchema = z.object({ completions: z.array(z.object({ value: z.string() })) });

export const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** A bot's message with its content read; null for what people wrote. */
export type BotMessage = {
  readonly id: string;
  readonly key: string | null;
  readonly position: number;
  readonly message: z.infer<typeof messageSchema>;
};

export function readBotMessage(value: unknown): BotMessage | null {
  const stored = storedMessage.safeParse(value);
  if (!stored.success || stored.data.author.kind !== 'bot') return null;
  const message = messageSchema.safeParse(stored.data.content);
  return message.success ? { id: stored.data.id, key: stored.data.key, position: stored.data.position, message: message.data } : null;
}
