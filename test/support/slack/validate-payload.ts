import { z } from 'zod';
import { blockSuggestions, homeView, messageBlocks, modalView } from './block-schemas.ts';

const conversation = z.string().regex(/^[CDGUW][A-Z0-9]+$/);
const ts = z.string().regex(/^\d+\.\d+$/);
/** Web API arguments are form fields: structures are JSON text, flags are text (https://docs.slack.dev/apis/web-api/#post_bodies). */
const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context) => parseJson(text, context))
    .pipe(schema);
const flag = z.enum(['true', 'false']);
/** 40,000 characters are cut, 4,000 recommended: https://docs.slack.dev/reference/methods/chat.postMessage. */
const text = z.string().min(1).max(4000).refine(isInert, 'the text has a reference that Slack would interpret');
/** https://docs.slack.dev/messaging/message-metadata */
const metadata = z.strictObject({ event_type: z.string().regex(/^[a-z0-9_]+$/), event_payload: z.record(z.string(), z.string().max(255)) });

const message = { text, blocks: json(messageBlocks), team_id: z.string().optional() };
const thread = { thread_ts: ts.optional() };
const quiet = {
  unfurl_links: z.literal('false'),
  unfurl_media: z.literal('false'),
  parse: z.literal('none'),
  link_names: z.literal('false'),
};

/** The arguments of every method that Shipmate calls, as its page under https://docs.slack.dev/reference/methods/ names them. */
const METHODS: Readonly<Record<string, z.ZodType>> = {
  'chat.postMessage': z.strictObject({
    ...message,
    ...thread,
    ...quiet,
    channel: conversation,
    metadata: json(metadata),
    mrkdwn: z.literal('false'),
  }),
  'chat.update': z.strictObject({
    ...message,
    channel: z.string().regex(/^[CDG]/, 'a message in a direct conversation is named by the conversation, not by the person'),
    ts,
    metadata: json(metadata),
    parse: z.literal('none'),
    link_names: z.literal('false'),
  }),
  'chat.postEphemeral': z.strictObject({
    ...message,
    ...thread,
    channel: conversation,
    user: z.string().regex(/^[UW]/),
    parse: z.literal('none'),
    link_names: z.literal('false'),
  }),
  'views.open': z.strictObject({ trigger_id: z.string().min(1), view: json(modalView), team_id: z.string().optional() }),
  'views.update': z.strictObject({
    view_id: z.string().min(1),
    hash: z.string().optional(),
    view: json(modalView),
    team_id: z.string().optional(),
  }),
  'views.publish': z.strictObject({ user_id: z.string().regex(/^[UW]/), view: json(homeView), team_id: z.string().optional() }),
  'chat.unfurl': z.strictObject({
    unfurl_id: z.string().min(1),
    source: z.enum(['composer', 'conversations_history']),
    unfurls: json(z.record(z.string().url(), z.strictObject({ blocks: messageBlocks }))),
    team_id: z.string().optional(),
  }),
  'conversations.history': z.strictObject({
    channel: z.string().regex(/^[CDG]/),
    include_all_metadata: flag,
    limit: z.coerce.number().min(1).max(999),
    cursor: z.string().optional(),
    team_id: z.string().optional(),
  }),
  'conversations.replies': z.strictObject({
    channel: z.string().regex(/^[CDG]/),
    ts,
    include_all_metadata: flag,
    limit: z.coerce.number().min(1).max(1000),
    cursor: z.string().optional(),
    team_id: z.string().optional(),
  }),
  'conversations.open': z.strictObject({ users: z.string().regex(/^[UW]/), team_id: z.string().optional() }),
  'usergroups.list': z.strictObject({ include_users: z.literal('true'), team_id: z.string().optional() }),
  'users.info': z.strictObject({ user: z.string().regex(/^[UW]/), team_id: z.string().optional() }),
  'auth.test': z.strictObject({ team_id: z.string().optional(), token: z.string().optional() }),
  'apps.connections.open': z.strictObject({ team_id: z.string().optional() }),
  'oauth.v2.access': z.strictObject({
    client_id: z.string(),
    client_secret: z.string(),
    code: z.string(),
    redirect_uri: z.string().optional(),
  }),
};

/** What is wrong with the arguments of a Web API call; empty when Slack would take them. */
export function validateCall(method: string, body: Readonly<Record<string, string>>): string[] {
  const schema = METHODS[method];
  return schema === undefined
    ? [`${method} is not a method that Shipmate is known to call`]
    : [...problems(schema, body), ...validateIds(body)];
}

/** What is posted to a response URL: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses. */
const response = z.strictObject({
  response_type: z.literal('ephemeral'),
  replace_original: z.literal(false),
  text,
  blocks: messageBlocks.optional(),
  thread_ts: ts.optional(),
});

export function validateResponse(body: unknown): string[] {
  return problems(response, body);
}

/** The bodies that answer Slack's own requests. */
const acknowledgement = z.union([
  z.literal(''),
  z.strictObject({ response_type: z.literal('ephemeral'), text }),
  z.strictObject({ response_action: z.literal('update'), view: modalView }),
  z.strictObject({ response_action: z.literal('clear') }),
  z.strictObject({ response_action: z.literal('errors'), errors: z.record(z.string().min(1).max(255), z.string().min(1)) }),
  blockSuggestions,
]);

export function validateAcknowledgement(body: unknown): string[] {
  return problems(acknowledgement, body);
}

/** Action ids are unique in a message: https://docs.slack.dev/reference/block-kit/block-elements/button-element. */
function validateIds(body: Readonly<Record<string, string>>): string[] {
  const ids = [...(body['blocks'] ?? '').matchAll(/"action_id":"([^"]*)"/g)].map((match) => match[1]);
  return new Set(ids).size === ids.length ? [] : ['an action_id stands twice in one message'];
}

/** Only our own date may stand in brackets, and every ampersand is escaped: https://docs.slack.dev/messaging/formatting-message-text#escaping. */
function isInert(value: string): boolean {
  return !/[<>]/.test(value) && !/&(?!amp;|lt;|gt;)/.test(value);
}

function problems(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

function parseJson(value: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
}
