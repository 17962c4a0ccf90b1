import { z } from 'zod';

/**
 * An interaction, as far as it is read; the same whether it came over the gateway or over HTTP.
 * https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
 */
const snowflake = z.string().regex(/^\d{15,20}$/);
const user = z.object({ id: snowflake, username: z.string().optional(), global_name: z.string().nullish() });
const common = {
  id: snowflake,
  application_id: snowflake,
  token: z.string().min(1).max(500),
  guild_id: snowflake.optional(),
  channel_id: snowflake.optional(),
  /** In a server; `user` instead in direct messages. */
  member: z.object({ user, nick: z.string().nullish(), roles: z.array(snowflake) }).optional(),
  user: user.optional(),
};

const option = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
});
const commandData = z.object({ name: z.string(), options: z.array(option).default([]) });

/** A field of a submitted form inside its label (or, in older forms, its row). */
const field = z.object({ custom_id: z.string(), value: z.unknown().optional(), values: z.array(z.string()).optional() });
const formPart = z.object({ component: field.optional(), components: z.array(field).optional() });

/** Looked into only by read-message.ts. */
const message = z.looseObject({ id: snowflake, flags: z.number().default(0) });

export const interactionSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal(1) }),
  z.object({ ...common, type: z.literal(2), data: commandData }),
  z.object({
    ...common,
    type: z.literal(3),
    data: z.object({ custom_id: z.string(), values: z.array(z.string()).optional() }),
    message,
  }),
  z.object({ ...common, type: z.literal(4), data: commandData }),
  z.object({ ...common, type: z.literal(5), data: z.object({ custom_id: z.string(), components: z.array(formPart) }) }),
]);

export type Interaction = z.infer<typeof interactionSchema>;
export type CommandInteraction = Extract<Interaction, { type: 2 }>;
export type ClickInteraction = Extract<Interaction, { type: 3 }>;
export type AutocompleteInteraction = Extract<Interaction, { type: 4 }>;
export type FormInteraction = Extract<Interaction, { type: 5 }>;
export type TypedOption = z.infer<typeof option>;
