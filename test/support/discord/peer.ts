import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayServer } from './gateway-server.ts';
import { addChannel, createPeerState, type PeerInteraction, type PeerMessage } from './peer-state.ts';
import { createRateLimits, type Limits, USUAL_LIMITS } from './rate-limits.ts';
import { acknowledge, type PeerAnswer, type PeerRequest, ROUTES } from './rest-routes.ts';
import { snowflake } from './snowflakes.ts';

/** What happens to a request instead of, or besides, being answered. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** It is applied, and the answer never comes. */
  | { readonly kind: 'silent_after' }
  /** It is applied, and the line breaks. */
  | { readonly kind: 'cut_after' }
  /** It is swallowed. */
  | { readonly kind: 'silent_before' };

type Planned = { readonly method: string; readonly path: RegExp; readonly fault: Fault; times: number };

export type PeerOptions = { readonly limits?: Partial<Limits>; readonly heartbeatMs?: number };
export type DiscordPeer = Awaited<ReturnType<typeof startDiscordPeer>>;

/** A Discord on loopback: REST below `/api/v10` and the gateway on one port. Stop it with `close`. */
export async function startDiscordPeer(options: PeerOptions = {}) {
  const state = createPeerState();
  const limits = createRateLimits({ ...USUAL_LIMITS, ...options.limits });
  const faults: Planned[] = [];
  const log: { readonly method: string; readonly path: string; readonly status: number; readonly body: unknown }[] = [];
  const problems: string[] = [];
  let disturbance: (request: PeerRequest) => Fault | null = () => null;

  const server = createServer((request, response) => void serve(request, response));
  const gateway = createGatewayServer(server, state, options.heartbeatMs ?? 41_250);

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const planned = faults.find(({ method, path, times }) => times > 0 && method === request.method && path.test(request.path));
    if (planned !== undefined) planned.times -= 1;
    const fault = planned?.fault ?? disturbance(request);
    if (fault?.kind === 'silent_before') return;
    if (fault?.kind === 'status') return write(request, response, { status: fault.status, body: fault.body }, fault.headers ?? {});
    const { answer, headers } = answerTo(request);
    if (fault?.kind === 'cut_after') return void incoming.socket.destroy();
    if (fault?.kind === 'silent_after') return;
    write(request, response, answer, headers);
  }

  function answerTo(request: PeerRequest): { answer: PeerAnswer; headers: Readonly<Record<string, string>> } {
    if (request.path === '/gateway/bot') return { answer: gatewayBot(), headers: {} };
    const route = ROUTES.find(({ method, pattern }) => method === request.method && pattern.test(request.path));
    if (route === undefined) {
      problems.push(`no such route: ${request.method} ${request.path}`);
      return { answer: { status: 404, body: { code: 0, message: '404: Not Found' } }, headers: {} };
    }
    if (route.isOpen === true ? request.authorization !== undefined : request.authorization !== `Bot ${state.token}`) {
      if (route.isOpen === true) problems.push(`the bot token was sent to ${request.path.replace(/[^/]{30,}/, '…')}`);
      return { answer: { status: 401, body: { code: 0, message: '401: Unauthorized' } }, headers: {} };
    }
    const params = route.pattern.exec(request.path)?.slice(1) ?? [];
    const isCallback = request.path.endsWith('/callback');
    const major = /^\/(channels\/\d+|webhooks\/\d+\/[^/]+)/.exec(request.path)?.[1] ?? '';
    const verdict = limits.check(`${route.method} ${route.pattern.source}`, isCallback ? params.join() : major, route.isOpen !== true);
    if (verdict.refusedFor !== null) {
      const wait = verdict.refusedFor;
      const answer = { status: 429, body: { message: 'You are being rate limited.', retry_after: wait, global: verdict.isGlobal } };
      return { answer, headers: { ...verdict.headers, 'retry-after': String(Math.ceil(wait)) } };
    }
    const answer = route.answer(state, params, request);
    if (isInvalidForm(answer.body)) problems.push(JSON.stringify(answer.body));
    return { answer, headers: verdict.headers };
  }

  function write(
    request: PeerRequest,
    response: ServerResponse,
    { status, body }: PeerAnswer,
    headers: Readonly<Record<string, string>>,
  ): void {
    log.push({ method: request.method, path: request.path, status, body: request.body });
    response.writeHead(status, { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  function gatewayBot(): PeerAnswer {
    const { port } = server.address() as AddressInfo;
    const session_start_limit = { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 1 };
    return { status: 200, body: { url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit } };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    state,
    gateway,
    log,
    /** Every payload that Discord would not have taken, and every request that it has no place for. */
    problems,
    apiUrl: `http://127.0.0.1:${port}/api`,
    channel: addChannel(state, 0),
    fail(method: string, path: RegExp, fault: Fault, times = 1): void {
      faults.push({ method, path, fault, times });
    },
    /** Decides for every request what goes wrong with it. */
    disturb(decide: (request: PeerRequest) => Fault | null): void {
      disturbance = decide;
    },
    /** A person's interaction, known to Discord from now on. `clicked` is the message that a component stands on. */
    newInteraction(clicked: PeerMessage | null = null): PeerInteraction {
      const interaction: PeerInteraction = {
        id: snowflake(),
        token: `aW50ZXJhY3Rpb246${randomBytes(60).toString('base64url')}`,
        createdAt: Date.now(),
        response: null,
        original: null,
        followUps: [],
        clicked,
      };
      state.interactions.set(interaction.token, interaction);
      return interaction;
    },
    /** The response that came back over HTTP, as if it had been a callback. */
    respond(interaction: PeerInteraction, response: unknown): void {
      const { status, body } = acknowledge(state, interaction.id, interaction.token, response);
      if (status !== 204) problems.push(JSON.stringify(body));
    },
    async close(): Promise<void> {
      await gateway.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function isInvalidForm(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'code' in body && body.code === 50035;
}

async function readRequest(incoming: IncomingMessage): Promise<PeerRequest> {
  const url = new URL(incoming.url ?? '/', 'http://peer');
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname.replace(/^\/api\/v10/, ''),
    query: url.searchParams,
    body: text === '' ? undefined : JSON.parse(text),
    authorization: incoming.headers.authorization,
  };
}
