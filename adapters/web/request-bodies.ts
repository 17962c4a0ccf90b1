import { z } from 'zod';

/** Every request body and query of the chat API. Unknown keys are refused: a typing error must not pass silently. */

const deliveryId = z.uuid();
/** PostgreSQL's text has no NUL character, so nothing that is stored has one. */
const stored = z.string().refine((value) => !value.includes('\0'), 'has a NUL character');
/** Of a message, as this server made it: nothing but visible ASCII. */
const messageId = z.string().regex(/^[\x21-\x7e]{1,80}$/, 'is not an id');
const channel = z.string().min(1).max(80);

export const chooseBody = z.strictObject({ person: stored.min(1).max(80) });
export const signInBody = z.strictObject({ code: z.string().min(8).max(200) });
export const sendBody = z.strictObject({
  deliveryId,
  channel,
  thread: messageId.nullable().default(null),
  text: stored.trim().min(1).max(4000),
});
export const actionBody = z.strictObject({
  deliveryId,
  channel,
  action: stored.min(1).max(100),
  values: z.record(stored.max(80), stored.max(8000)).default({}),
  /** From a form that shows a refusal itself. */
  form: z.boolean().default(false),
});
export const completeBody = z.strictObject({ channel, text: stored.max(4000) });
export const cardParams = z.strictObject({ deployment: z.string().regex(/^[\w-]{1,64}$/, 'is not an id') });
export const sessionParams = z.strictObject({ id: z.uuid() });
export const threadParams = z.strictObject({ root: messageId });
export const historyQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  before: messageId.optional(),
});
export const streamQuery = z.strictObject({ after: z.coerce.number().int().min(0).optional() });
