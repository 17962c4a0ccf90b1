import type { ActionsBlock, ContextBlock, HeaderBlock, InputBlock, KnownBlock, ModalView, RichTextBlock, SectionBlock } from '@slack/types';
import { z } from 'zod';

/**
 * What Slack's reference allows of the blocks that Shipmate sends, field by field: anything else is an error here as it is there. The numbers are
 * the reference's and deliberately written a second time, so that a renderer that counts wrongly is found out.
 * `satisfies` holds each schema to Slack's own types.
 */
const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().exactOptional() });
const markup = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().exactOptional() });
const blockId = z.string().min(1).max(255).exactOptional();
const actionId = z.string().min(1).max(255);

/** https://docs.slack.dev/reference/block-kit/blocks/header-block */
const header = z.strictObject({ type: z.literal('header'), block_id: blockId, text: plain(150) }) satisfies z.ZodType<HeaderBlock>;
const divider = z.strictObject({ type: z.literal('divider'), block_id: blockId });

/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
const section = z.strictObject({
  type: z.literal('section'),
  block_id: blockId,
  text: z.union([plain(3000), markup(3000)]),
}) satisfies z.ZodType<SectionBlock>;

/** https://docs.slack.dev/reference/block-kit/blocks/context-block */
const context = z.strictObject({
  type: z.literal('context'),
  block_id: blockId,
  elements: z
    .array(z.union([plain(3000), markup(3000)]))
    .min(1)
    .max(10),
}) satisfies z.ZodType<ContextBlock>;

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
const confirm = z.strictObject({
  title: plain(100),
  text: plain(300),
  confirm: plain(30),
  deny: plain(30),
  style: z.enum(['primary', 'danger']).exactOptional(),
});

/** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const button = z.strictObject({
  type: z.literal('button'),
  action_id: actionId,
  text: plain(75),
  value: z.string().min(1).max(2000),
  style: z.enum(['primary', 'danger']).exactOptional(),
  confirm: confirm.exactOptional(),
});

/** The same element, which leads to a page instead. */
const linkButton = z.strictObject({
  type: z.literal('button'),
  action_id: actionId,
  text: plain(75),
  url: z
    .string()
    .max(3000)
    .regex(/^https?:\/\//),
});

/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const option = z.strictObject({ text: plain(75), value: z.string().min(1).max(150) });

/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#static_select: option values are unique, or Slack cannot tell which was meant. */
const menu = z.strictObject({
  type: z.literal('static_select'),
  action_id: actionId,
  placeholder: plain(150),
  options: z
    .array(option)
    .min(1)
    .max(100)
    .refine((options) => new Set(options.map(({ value }) => value)).size === options.length, 'has a value twice'),
});

/** https://docs.slack.dev/reference/block-kit/blocks/actions-block */
const actions = z.strictObject({
  type: z.literal('actions'),
  block_id: blockId,
  elements: z
    .array(z.union([button, linkButton, menu]))
    .min(1)
    .max(25),
}) satisfies z.ZodType<ActionsBlock>;

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: only literal texts; a link, mention or emoji element would be one that people's text became. */
const span = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1).max(3000),
  style: z
    .strictObject({ bold: z.literal(true).exactOptional(), italic: z.literal(true).exactOptional(), code: z.literal(true).exactOptional() })
    .exactOptional(),
});
const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: blockId,
  elements: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(span).min(1) }),
        z.strictObject({
          type: z.literal('rich_text_preformatted'),
          elements: z.array(span).min(1),
          border: z.union([z.literal(0), z.literal(1)]),
        }),
      ]),
    )
    .min(1),
}) satisfies z.ZodType<RichTextBlock>;

/** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element and …/select-menu-element */
const inputElement = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('plain_text_input'),
    action_id: actionId,
    multiline: z.boolean(),
    max_length: z.number().int().min(1).max(3000),
    placeholder: plain(150).exactOptional(),
    initial_value: z.string().max(3000).exactOptional(),
  }),
  z.strictObject({
    type: z.literal('static_select'),
    action_id: actionId,
    placeholder: plain(150),
    options: z.array(option).min(1).max(100),
    initial_option: option.exactOptional(),
  }),
  z.strictObject({
    type: z.literal('external_select'),
    action_id: actionId,
    placeholder: plain(150),
    min_query_length: z.number().int().min(0),
    initial_option: option.exactOptional(),
  }),
]);

/** https://docs.slack.dev/reference/block-kit/blocks/input-block */
const input = z.strictObject({
  type: z.literal('input'),
  block_id: blockId,
  label: plain(2000),
  optional: z.boolean().exactOptional(),
  element: inputElement,
}) satisfies z.ZodType<InputBlock>;

const messageBlock = z.discriminatedUnion('type', [header, divider, section, context, actions, richText]) satisfies z.ZodType<KnownBlock>;
const viewBlock = z.discriminatedUnion('type', [header, divider, section, context, actions, richText, input]);

/** https://docs.slack.dev/reference/block-kit/blocks: 50 in a message, 100 in a view. */
export const messageBlocks = z.array(messageBlock).min(1).max(50);

/** https://docs.slack.dev/reference/views/modal-views */
export const modalView = z.strictObject({
  type: z.literal('modal'),
  callback_id: z.string().min(1).max(255).exactOptional(),
  private_metadata: z.string().max(3000).exactOptional(),
  title: plain(24),
  submit: plain(24).exactOptional(),
  close: plain(24).exactOptional(),
  blocks: z.array(viewBlock).min(1).max(100),
}) satisfies z.ZodType<ModalView>;

/** https://docs.slack.dev/reference/views/home-tab-views */
export const homeView = z.strictObject({ type: z.literal('home'), blocks: z.array(messageBlock).min(1).max(100) });

export const blockSuggestions = z.strictObject({ options: z.array(option).max(100) });
