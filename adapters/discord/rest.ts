import { DefaultRestOptions, REST, type ResponseLike } from 'discord.js';
import { CODES } from './codes.ts';

export type RestOptions = {
  readonly token: string;
  /** Where Discord's API is instead of `https://discord.com/api`, without version; null for the real one. */
  readonly apiUrl: string | null;
  /** The longest that one request may take, its answer read. */
  readonly timeoutMs: number;
};

/** One attempt each. Whatever is thrown is told apart by {@link import('./failure.ts').readFailure}. */
export interface DiscordRest {
  request(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', route: Route, body?: object): Promise<unknown>;
}

/** `isOpen` routes carry their own token in the address: Discord wants no other there. */
export type Route = { readonly path: `/${string}`; readonly query?: Readonly<Record<string, string>>; readonly isOpen?: boolean };

/**
 * The library's own client, with everything off that would wait or repeat: no retries, and instead of sleeping until a bucket is free again it throws
 * at once, also when it knows from earlier headers that Discord would refuse. So it paces nothing and hides nothing; the delivery
 * loop decides. What remains of its queue is that requests of one bucket go one after another.
 */
export function createRest(options: RestOptions): DiscordRest {
  const rest = new REST({
    version: '10',
    retries: 0,
    rejectOnRateLimit: () => true,
    timeout: options.timeoutMs,
    makeRequest: async (url, init) => toldApart(await DefaultRestOptions.makeRequest(url, init)),
    // No timers of the library's own: the buckets of the channels in use are few.
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
    ...(options.apiUrl === null ? {} : { api: withoutVersion(options.apiUrl) }),
  });
  return {
    async request(method, { path, query, isOpen = false }, body) {
      // The library forgets its token after one 401, and would throw a nameless error from then on.
      rest.setToken(options.token);
      return rest.request({
        method: method as Parameters<REST['request']>[0]['method'],
        fullRoute: path,
        auth: !isOpen,
        ...(body === undefined ? {} : { body }),
        ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
        signal: AbortSignal.timeout(options.timeoutMs),
      });
    },
  };
}

/** `https://host/api/v10/` and `https://host/api` mean the same. */
export function withoutVersion(apiUrl: string): string {
  return apiUrl.replace(/\/+$/, '').replace(/\/v\d+$/, '');
}

/**
 * Discord answers the edit cap of old messages with status 429 and its own code, and the library takes every 429 for a limit
 * that passes, without reading the code. It gets the code as the refusal that it is.
 * https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
 */
async function toldApart(response: ResponseLike): Promise<ResponseLike> {
  if (response.status !== 429) return response;
  const text = await response.text();
  const status = codeIn(text) === CODES.cannotEditOldMessage ? 400 : 429;
  return {
    status,
    statusText: response.statusText,
    ok: false,
    headers: response.headers,
    body: null,
    bodyUsed: true,
    text: async () => text,
    json: async () => JSON.parse(text),
    arrayBuffer: async () => new TextEncoder().encode(text).buffer,
  };
}

function codeIn(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'code' in parsed ? parsed.code : null;
  } catch {
    return null;
  }
}
