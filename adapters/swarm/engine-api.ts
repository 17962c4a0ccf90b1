import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { EngineUnavailableError } from '../../src/ports/faults.ts';
import { describeFailure } from './engine-errors.ts';

/** The newest API version whose answers this adapter was written for; engines serve older versions than their own. */
const NEWEST_API_VERSION = '1.47';
const DEFAULT_TIMEOUT_MS = 15_000;

export type EngineVersion = {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
  readonly KernelVersion?: string;
};

export type EngineRequest = {
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | Filters | undefined>>;
  readonly body?: object;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Filters = Readonly<Record<string, readonly string[]>>;

/**
 * Requests to one engine: negotiated API version, a deadline on every request, errors told apart. A hung engine is an
 * EngineUnavailableError. dockerode's own methods have no deadline per request, so its modem is used directly.
 */
export class EngineApi {
  readonly #docker: Docker;
  readonly #timeoutMs: number;
  #negotiated: Promise<EngineVersion> | null = null;

  constructor(docker: Docker, timeoutMs = DEFAULT_TIMEOUT_MS) {
    this.#docker = docker;
    this.#timeoutMs = timeoutMs;
  }

  /** What the engine says about itself; asked once, again after a failure. */
  version(): Promise<EngineVersion> {
    this.#negotiated ??= this.#askVersion().catch((error: unknown) => {
      this.#negotiated = null;
      throw error;
    });
    return this.#negotiated;
  }

  get<T>(path: string, request: EngineRequest = {}): Promise<T> {
    return this.#versioned('GET', path, request);
  }

  post<T>(path: string, request: EngineRequest = {}): Promise<T> {
    return this.#versioned('POST', path, request);
  }

  async delete(path: string, request: EngineRequest = {}): Promise<void> {
    await this.#versioned('DELETE', path, request);
  }

  /** A stream that goes on until it ends or `signal` aborts; only its beginning has a deadline. */
  async stream(method: 'GET', path: string, request: EngineRequest = {}): Promise<Readable> {
    const { ApiVersion } = await this.version();
    return this.#dial<Readable>(method, `/v${negotiate(ApiVersion)}${path}`, request, true);
  }

  async #versioned<T>(method: string, path: string, request: EngineRequest): Promise<T> {
    const { ApiVersion } = await this.version();
    const send = () => this.#dial<T>(method, `/v${negotiate(ApiVersion)}${path}`, request, false);
    try {
      return await send();
    } catch (error) {
      // A kept-alive connection that the engine has closed meanwhile fails at once; reading again is safe, writing is not.
      if (method === 'GET' && error instanceof EngineUnavailableError && isResetConnection(error.cause)) return send();
      throw error;
    }
  }

  async #askVersion(): Promise<EngineVersion> {
    const version = await this.#dial<EngineVersion>('GET', '/version', {}, false);
    if (typeof version !== 'object' || version === null || typeof version.ApiVersion !== 'string') {
      throw new EngineUnavailableError('What answers at DOCKER_HOST is not a Docker Engine.');
    }
    return version;
  }

  #dial<T>(method: string, path: string, request: EngineRequest, isStream: boolean): Promise<T> {
    const timeoutMs = request.timeoutMs ?? this.#timeoutMs;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new DOMException('deadline', 'TimeoutError')), timeoutMs);
    const signals = request.signal === undefined ? [deadline.signal] : [deadline.signal, request.signal];
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const options = {
      method,
      path: `${path}?${encodeQuery(request.query ?? {})}`,
      options: { _query: {}, _body: request.body ?? {} },
      statusCodes: { 200: true, 201: true, 202: true, 204: true, 304: true },
      abortSignal: AbortSignal.any(signals),
      isStream,
      headers: { ...request.headers },
    };
    this.#docker.modem.dial(options, (error, answer) => {
      clearTimeout(timer);
      if (error) reject(describeFailure(`${method} ${path}`, deadline.signal.aborted ? timeoutMs : null, error));
      // The Engine API's reference says which shape this path answers with.
      else resolve(answer as T);
    });
    return promise;
  }
}

function encodeQuery(query: NonNullable<EngineRequest['query']>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (isList(value)) for (const item of value) parameters.append(key, item);
    else parameters.append(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return parameters.toString();
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

function isResetConnection(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
}

/** The older of the engine's and ours. */
export function negotiate(engineVersion: string): string {
  return isAtLeast(engineVersion, NEWEST_API_VERSION) ? NEWEST_API_VERSION : engineVersion;
}

export function isAtLeast(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
