import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import { SCOPES } from '../../../adapters/slack/manifest.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import { answerWith, type Fault, isAppliedFirst, sendJson, sendRateLimit } from './faults.ts';
import { ResponseUrls } from './response-urls.ts';
import { SocketPeer } from './socket-peer.ts';
import { validateCall } from './validate-payload.ts';

export const TEAM = 'T000000001';
export const BOT_TOKEN = 'xoxb-peer-bot';
export const APP_TOKEN = 'xapp-peer';
export const OAUTH = { clientId: '12345.67890', clientSecret: 'peer-client-secret', redirect: 'http://127.0.0.1/slack/oauth_redirect' };
export const BOT_USER = 'U0SHIPMATE';
/** A person and channels that the emulated workspace starts with. */
export const ADMIN = 'U000000001';
export const CHANNEL = 'C000000001';
export const OTHER_CHANNEL = 'C000000002';

export type Call = {
  readonly method: string;
  readonly body: Readonly<Record<string, string>>;
  readonly token: string;
  readonly at: number;
};

type PeerOptions = {
  /** Refuses what goes beyond; null for no limits. */
  readonly budgets?: Budgets | null;
  /** Groups of the workspace, with the people in them: https://docs.slack.dev/reference/methods/usergroups.list. */
  readonly groups?: readonly { readonly id: string; readonly users: readonly string[] }[];
  /** Further people of the workspace, by name. */
  readonly people?: readonly string[];
};

type PostedMessage = { ts: string; text: string; blocks?: unknown[]; metadata?: unknown; thread_ts?: string; edited?: unknown };

/**
 * Slack's side of the Web API: the `emulate` package keeps messages, threads, views and OAuth (with exactly our manifest's scopes, strictly checked),
 * and this stands before it, records and validates every call, keeps Slack's rate limits and breaks what a test asks to be broken. It
 * answers itself what `emulate` does not have.
 */
export class SlackPeer {
  readonly calls: Call[] = [];
  /** What Slack would not have taken; every test ends with this being empty. */
  readonly problems: string[] = [];
  readonly unfurls: Record<string, unknown>[] = [];
  readonly responses = new ResponseUrls(() => this.url);
  /** Decides about each call, before anything else. */
  fault: (call: Call) => Fault | null = () => null;
  latencyMs = 0;
  groups: readonly { readonly id: string; readonly users: readonly string[] }[];
  readonly sockets: SocketPeer;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #emulator: Awaited<ReturnType<typeof startEmulator>>;
  readonly #overBudget: (method: string, channel: string) => number | null;

  private constructor(emulator: Awaited<ReturnType<typeof startEmulator>>, options: PeerOptions) {
    this.#emulator = emulator;
    this.#overBudget = options.budgets == null ? () => null : createBudgets(options.budgets, Date.now);
    this.groups = options.groups ?? [];
    this.sockets = new SocketPeer(this.#server);
  }

  static async start(options: PeerOptions = {}): Promise<SlackPeer> {
    const peer = new SlackPeer(await startEmulator(options.people ?? []), options);
    await new Promise<void>((resolve) => peer.#server.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get apiUrl(): string {
    return `${this.url}/api/`;
  }

  /** Where a browser is sent to allow the installation. */
  get authorizeUrl(): string {
    return `${this.#emulator.url}/oauth/v2/authorize`;
  }

  callsOf(method: string): Call[] {
    return this.calls.filter((call) => call.method === method);
  }

  /** Fails the next calls of a method, one fault each. */
  failNext(method: string, ...faults: Fault[]): void {
    const before = this.fault;
    this.fault = (call) => (call.method === method ? (faults.shift() ?? before(call)) : before(call));
  }

  /** What stands in a channel, newest first. */
  async messages(channel: string): Promise<PostedMessage[]> {
    return (await this.#direct('conversations.history', { channel, limit: '1000' }))['messages'] as PostedMessage[];
  }

  async replies(channel: string, ts: string): Promise<PostedMessage[]> {
    return ((await this.#direct('conversations.replies', { channel, ts }))['messages'] as PostedMessage[]).slice(1);
  }

  /** The id that the workspace gave to somebody of `people`. */
  async userId(name: string): Promise<string> {
    const users = (await this.#direct('users.list', {}))['members'] as { id: string; name: string }[];
    const user = users.find((candidate) => candidate.name === name);
    if (user === undefined) throw new Error(`nobody is called ${name}`);
    return user.id;
  }

  /** The conversation of the bot with one person: https://docs.slack.dev/reference/methods/conversations.open. */
  async directChannel(user: string): Promise<string> {
    return ((await this.#direct('conversations.open', { users: user }))['channel'] as { id: string }).id;
  }

  /** As somebody with the right to does it by hand. */
  async deleteMessage(channel: string, ts: string): Promise<void> {
    await this.#direct('chat.delete', { channel, ts });
  }

  async archive(channel: string): Promise<void> {
    await this.#direct('conversations.archive', { channel }, 'xoxp-peer-admin');
  }

  async unarchive(channel: string): Promise<void> {
    await this.#direct('conversations.unarchive', { channel }, 'xoxp-peer-admin');
  }

  /** Good for 3 seconds and one use: https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses. */
  async triggerId(user = ADMIN): Promise<string> {
    return String((await this.#direct('views.generateTriggerId', { user_id: user }))['trigger_id']);
  }

  async stop(): Promise<void> {
    this.sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#emulator.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://peer');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks).toString();
    if (pathname.startsWith('/commands/')) {
      const fault = this.fault({ method: 'response_url', body: {}, token: '', at: Date.now() });
      if (fault !== null && !isAppliedFirst(fault)) return answerWith(fault, response);
      const { status, text } = this.responses.answer(pathname, JSON.parse(raw));
      if (fault !== null) return answerWith(fault, response);
      response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
      return;
    }
    const method = pathname.replace('/api/', '');
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const call = { method, body: Object.fromEntries(new URLSearchParams(raw)), token, at: Date.now() };
    this.calls.push(call);
    this.problems.push(...validateCall(method, call.body).map((problem) => `${method}: ${problem}`));
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    await this.#answer(call, raw, response);
  }

  async #answer(call: Call, raw: string, response: ServerResponse): Promise<void> {
    const fault = this.fault(call);
    if (fault !== null && !isAppliedFirst(fault)) return answerWith(fault, response);
    const wait = this.#overBudget(call.method, call.body['channel'] ?? '');
    if (wait !== null) return sendRateLimit(response, String(wait));
    const answer = this.#own(call) ?? (await this.#forward(call.method, raw, call.token));
    if (fault !== null) return answerWith(fault, response);
    sendJson(response, answer);
  }

  /** Methods that the emulator does not have. */
  #own({ method, body, token }: Call): unknown {
    switch (method) {
      case 'apps.connections.open':
        if (token !== APP_TOKEN) return { ok: false, error: 'not_allowed_token_type' };
        if (this.sockets.refusesToOpen) return { ok: false, error: 'internal_error' };
        return { ok: true, url: this.sockets.issueUrl(this.url) };
      case 'usergroups.list':
        return {
          ok: true,
          usergroups: this.groups.map(({ id, users }) => ({
            id,
            team_id: TEAM,
            handle: id.toLowerCase(),
            name: id,
            users,
            date_delete: 0,
          })),
        };
      case 'chat.unfurl':
        this.unfurls.push({ ...body, unfurls: JSON.parse(body['unfurls'] ?? '{}') });
        return { ok: true };
      default:
        return null;
    }
  }

  async #forward(method: string, raw: string, token: string): Promise<unknown> {
    const response = await fetch(`${this.#emulator.url}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: raw,
    });
    return response.json();
  }

  async #direct(method: string, body: Record<string, string>, token = BOT_TOKEN): Promise<Record<string, unknown>> {
    const answer = (await this.#forward(method, new URLSearchParams(body).toString(), token)) as Record<string, unknown>;
    if (answer['ok'] !== true) throw new Error(`the peer's ${method}: ${String(answer['error'])}`);
    return answer;
  }
}

async function startEmulator(people: readonly string[]) {
  return createEmulator({
    service: 'slack',
    port: await freePort(),
    seed: {
      slack: {
        strict_scopes: true,
        users: people.map((name) => ({ name })),
        oauth_apps: [
          {
            app_id: 'A0SHIPMATE',
            client_id: OAUTH.clientId,
            client_secret: OAUTH.clientSecret,
            name: 'Shipmate',
            redirect_uris: [OAUTH.redirect],
            scopes: SCOPES,
            bot_id: 'B0SHIPMATE',
            bot_user_id: BOT_USER,
            bot_name: 'shipmate',
          },
        ],
        tokens: [
          {
            token: BOT_TOKEN,
            type: 'bot',
            user: BOT_USER,
            scopes: SCOPES,
            app_id: 'A0SHIPMATE',
            bot_id: 'B0SHIPMATE',
            bot_user_id: BOT_USER,
          },
          { token: 'xoxp-peer-admin', type: 'user', user: 'admin', scopes: ['channels:manage', 'channels:write', 'chat:write'] },
        ],
      },
    },
  });
}

/** The emulator takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
