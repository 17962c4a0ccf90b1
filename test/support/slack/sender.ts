import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { validateAcknowledgement } from './validate-payload.ts';

export const SIGNING_SECRET = 'peer-signing-secret';

export type SignedRequest = { readonly body: string; readonly headers: Record<string, string | string[]> };

/** As Slack signs: https://docs.slack.dev/authentication/verifying-requests-from-slack. */
export function sign(
  body: string,
  contentType: string,
  options: { secret?: string; at?: number; signedBody?: string } = {},
): SignedRequest {
  const timestamp = String(Math.floor((options.at ?? Date.now()) / 1000));
  const digest = createHmac('sha256', options.secret ?? SIGNING_SECRET)
    .update(`v0:${timestamp}:${options.signedBody ?? body}`)
    .digest('hex');
  return { body, headers: { 'content-type': contentType, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` } };
}

export function signedForm(fields: Readonly<Record<string, string>>, options: Parameters<typeof sign>[2] = {}): SignedRequest {
  return sign(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded', options);
}

/** Everything interactive comes as JSON in one form field: https://docs.slack.dev/interactivity/handling-user-interaction. */
export function signedInteraction(payload: unknown): SignedRequest {
  return signedForm({ payload: JSON.stringify(payload) });
}

export function signedEvent(body: unknown, retry?: { num: number; reason: string }): SignedRequest {
  const signed = sign(JSON.stringify(body), 'application/json');
  const headers = retry === undefined ? {} : { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason };
  return { ...signed, headers: { ...signed.headers, ...headers } };
}

export type Answer = { readonly status: number; readonly body: unknown };

/** Posts it to the address that the manifest names, over a real connection; what comes back must be something that Slack understands. */
export async function send({ url }: { readonly url: string }, signed: SignedRequest): Promise<Answer> {
  const response = await post(`${url}/slack/events`, signed);
  const body: unknown = response.text === '' ? '' : response.isJson ? JSON.parse(response.text) : response.text;
  const problems = response.status === 200 && !isChallenge(body) ? validateAcknowledgement(body) : [];
  if (problems.length > 0) throw new Error(`Slack would not take this answer: ${problems.join('; ')}`);
  return { status: response.status, body };
}

const agent = new Agent({ keepAlive: true, maxSockets: 50 });

async function post(url: string, { body, headers }: SignedRequest): Promise<{ status: number; isJson: boolean; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const isJson = (response.headers['content-type'] ?? '').includes('json');
        resolve({ status: response.statusCode ?? 0, isJson, text: Buffer.concat(chunks).toString() });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function isChallenge(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'challenge' in body;
}

export const TEAM_ID = 'T000000001';
export const PERSON = 'U000000001';
export const IN_CHANNEL = 'C000000001';

/** https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling */
export function command(text: string, changes: Record<string, string> = {}): Record<string, string> {
  const [name = '/deploy', ...words] = text.split(' ');
  return {
    token: 'deprecated',
    team_id: TEAM_ID,
    team_domain: 'peer',
    channel_id: IN_CHANNEL,
    channel_name: 'general',
    user_id: PERSON,
    user_name: 'ana',
    command: name,
    text: words.join(' '),
    api_app_id: 'A0SHIPMATE',
    is_enterprise_install: 'false',
    response_url: 'https://hooks.slack.com/commands/T000000001/1/x',
    trigger_id: `1.2.${randomUUID()}`,
    ...changes,
  };
}

/** https://docs.slack.dev/apis/events-api/#callback-field */
export function event(inner: Record<string, unknown>, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    token: 'deprecated',
    team_id: TEAM_ID,
    api_app_id: 'A0SHIPMATE',
    event: { event_ts: '1700000000.000100', ...inner },
    type: 'event_callback',
    event_id: `Ev${randomUUID()}`,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [{ enterprise_id: null, team_id: TEAM_ID, user_id: 'U0SHIPMATE', is_bot: true, is_enterprise_install: false }],
    ...changes,
  };
}

export function mention(text: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return event({ type: 'app_mention', user: PERSON, text, ts: '1700000000.000100', channel: IN_CHANNEL, team: TEAM_ID, ...changes });
}

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export function click(action: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'block_actions',
    user: { id: PERSON, username: 'ana', name: 'ana', team_id: TEAM_ID },
    api_app_id: 'A0SHIPMATE',
    token: 'deprecated',
    container: { type: 'message', message_ts: '1700000000.000100', channel_id: IN_CHANNEL, is_ephemeral: false },
    trigger_id: `1.2.${randomUUID()}`,
    team: { id: TEAM_ID, domain: 'peer' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: IN_CHANNEL, name: 'general' },
    message: { type: 'message', ts: '1700000000.000100', bot_id: 'B0SHIPMATE', text: 'a card' },
    response_url: 'https://hooks.slack.com/actions/T000000001/1/x',
    actions: [
      {
        type: 'button',
        action_id: 'shipmate-1',
        block_id: 'x',
        text: { type: 'plain_text', text: 'Go', emoji: false },
        value: action,
        action_ts: '1700000001.000200',
      },
    ],
    ...changes,
  };
}

/** https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
export function shortcut(
  type: 'shortcut' | 'message_action',
  callback: string,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    type,
    token: 'deprecated',
    action_ts: '1700000001.000200',
    team: { id: TEAM_ID, domain: 'peer' },
    user: { id: PERSON, username: 'ana', name: 'ana', team_id: TEAM_ID },
    callback_id: callback,
    trigger_id: `1.2.${randomUUID()}`,
    ...(type === 'message_action'
      ? {
          channel: { id: IN_CHANNEL, name: 'general' },
          message_ts: '1700000000.000100',
          message: { type: 'message', text: 'hello', ts: '1700000000.000100' },
          response_url: 'https://hooks.slack.com/app/T000000001/1/x',
        }
      : {}),
    ...changes,
  };
}

export type OpenedView = {
  id: string;
  hash: string;
  private_metadata: string;
  callback_id: string;
  blocks: unknown[];
  [key: string]: unknown;
};

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload: the view as it stands, with what was filled in by block. */
export function submission(view: OpenedView, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    type: 'view_submission',
    team: { id: TEAM_ID, domain: 'peer' },
    user: { id: PERSON, username: 'ana', name: 'ana', team_id: TEAM_ID },
    api_app_id: 'A0SHIPMATE',
    token: 'deprecated',
    trigger_id: `1.2.${randomUUID()}`,
    view: { ...view, state: { values: stateOf(values) } },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  };
}

/** https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload */
export function suggestion(
  view: OpenedView,
  block: string,
  typed: string,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    type: 'block_suggestion',
    user: { id: PERSON, name: 'ana', team_id: TEAM_ID },
    container: { type: 'view', view_id: view.id },
    api_app_id: 'A0SHIPMATE',
    token: 'deprecated',
    action_id: 'value',
    block_id: block,
    value: typed,
    team: { id: TEAM_ID, domain: 'peer' },
    view: { ...view, state: { values: stateOf(values) } },
  };
}

function stateOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([block, value]) => [block, { value }]));
}

export function chosen(value: string): unknown {
  return { type: 'static_select', selected_option: { text: { type: 'plain_text', text: value, emoji: false }, value } };
}

export function typed(value: string | null): unknown {
  return { type: 'plain_text_input', value };
}
