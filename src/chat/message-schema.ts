import { z } from 'zod';
import type { Button, Element, Form, FormField, Message, Step } from './message.ts';

/** Checks a message that comes from a store or the network. The types in message.ts lead; `satisfies` holds both together. */
const step = z.object({
  label: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  detail: z.string().nullable(),
}) satisfies z.ZodType<Step>;

const button = z.object({
  action: z.string(),
  label: z.string(),
  style: z.enum(['normal', 'primary', 'danger']),
  confirm: z.object({ title: z.string(), text: z.string(), yes: z.string(), no: z.string() }).nullable(),
}) satisfies z.ZodType<Button>;

const element = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), text: z.string() }),
  z.object({ type: z.literal('text'), text: z.string(), style: z.enum(['normal', 'strong', 'quiet']) }),
  z.object({ type: z.literal('fields'), fields: z.array(z.object({ label: z.string(), value: z.string() })) }),
  z.object({ type: z.literal('steps'), steps: z.array(step) }),
  z.object({ type: z.literal('progress'), label: z.string(), value: z.number(), total: z.number().nullable(), detail: z.string() }),
  z.object({ type: z.literal('table'), columns: z.array(z.string()), rows: z.array(z.array(z.string())) }),
  z.object({ type: z.literal('code'), text: z.string(), title: z.string().nullable() }),
  z.object({
    type: z.literal('changes'),
    title: z.string(),
    changes: z.array(z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
  }),
  z.object({ type: z.literal('buttons'), buttons: z.array(button) }),
  z.object({
    type: z.literal('select'),
    action: z.string(),
    placeholder: z.string(),
    options: z.array(z.object({ value: z.string(), label: z.string() })),
  }),
  z.object({ type: z.literal('link'), label: z.string(), url: z.string() }),
  z.object({ type: z.literal('time'), label: z.string(), at: z.number() }),
  z.object({ type: z.literal('divider') }),
]) satisfies z.ZodType<Element>;

export const messageSchema = z.object({
  summary: z.string(),
  tone: z.enum(['neutral', 'progress', 'success', 'warning', 'danger']),
  elements: z.array(element),
  outcome: z.enum(['pending', 'success', 'failure', 'cancelled']).exactOptional(),
}) satisfies z.ZodType<Message>;

const formField = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('select'),
    name: z.string(),
    label: z.string(),
    options: z.array(z.object({ value: z.string(), label: z.string() })),
    initial: z.string().nullable(),
    optional: z.boolean(),
  }),
  z.object({
    type: z.literal('input'),
    name: z.string(),
    label: z.string(),
    placeholder: z.string(),
    initial: z.string().nullable(),
    optional: z.boolean(),
    multiline: z.boolean(),
    completes: z.string().exactOptional(),
    isOneTimeCode: z.boolean().exactOptional(),
    isSecret: z.boolean().exactOptional(),
    isShownOnce: z.boolean().exactOptional(),
  }),
]) satisfies z.ZodType<FormField>;

export const formSchema = z.object({
  action: z.string(),
  title: z.string(),
  submit: z.string(),
  fields: z.array(formField),
}) satisfies z.ZodType<Form>;
