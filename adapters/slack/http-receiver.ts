import type { Receiver, ReceiverEvent } from '@slack/bolt';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { PATHS } from './manifest.ts';
import { createSignatureCheck, type SignatureCheck, type SignatureHeaders } from './signature.ts';

/** A click carries the whole message that it was made in. */
const BODY_LIMIT = 1024 * 1024;
/** A certificate check is a few words: nothing longer is looked at unsigned. */
const SSL_CHECK_LENGTH = 2000;

type ReceiverOptions = { readonly signingSecret: string; readonly clock: Clock; readonly logger: Logger };
type Processor = { processEvent(event: ReceiverEvent): Promise<void> };

/**
 * Bolt's way in over HTTP, on the process's own server: https://docs.slack.dev/apis/events-api/using-http-request-urls. Nothing is parsed, let
 * alone handled, before the signature over the raw body was checked.
 */
export class HttpReceiver implements Receiver {
  readonly #check: SignatureCheck;
  readonly #logger: Logger;
  #app: Processor | null = null;

  constructor({ signingSecret, clock, logger }: ReceiverOptions) {
    this.#check = createSignatureCheck(signingSecret, clock);
    this.#logger = logger;
  }

  init(app: Processor): void {
    this.#app = app;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  readonly routes: FastifyPluginAsync = async (server) => {
    server.removeAllContentTypeParsers();
    // The signature is over the bytes as they came.
    server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) => done(null, body));
    server.addHook('onRequest', async (request, reply) => {
      const length = Number(request.headers['content-length'] ?? Number.NaN);
      // What cannot be Slack's is not even read, unless it is short enough for a certificate check.
      if (!this.#check.isPlausible(signatureHeaders(request)) && !(length <= SSL_CHECK_LENGTH)) return reply.status(401).send();
    });
    server.post(PATHS.events, { bodyLimit: BODY_LIMIT }, async (request, reply) => this.#receive(request, reply));
  };

  async #receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.header('cache-control', 'no-store');
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const headers = signatureHeaders(request);
    const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    if (!this.#check.isSigned(headers, body)) {
      // Slack checks the certificate of a command's address without a signature, and wants a plain 200:
      // https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling.
      if (isForm && isSslCheck(body)) return reply.status(200).send();
      this.#logger.warn({ requestId: request.id }, 'a request to the Slack address was not signed by Slack');
      return reply.status(401).send();
    }
    const parsed = parseBody(body, isForm);
    if (parsed === null) return reply.status(400).send();
    if (parsed['ssl_check'] !== undefined) return reply.status(200).send();
    if (parsed['type'] === 'url_verification') return reply.status(200).send({ challenge: String(parsed['challenge'] ?? '') });
    return this.#process(request, reply, parsed);
  }

  /** Answers as soon as it is acknowledged; what the listeners do after that does not hold Slack up. */
  async #process(request: FastifyRequest, reply: FastifyReply, body: Record<string, unknown>): Promise<FastifyReply> {
    const acknowledged = Promise.withResolvers<{ status: number; payload: unknown }>();
    const retry = Number(request.headers['x-slack-retry-num']);
    const reason = request.headers['x-slack-retry-reason'];
    const event: ReceiverEvent = {
      body,
      ...(Number.isInteger(retry) ? { retryNum: retry } : {}),
      ...(typeof reason === 'string' ? { retryReason: reason } : {}),
      ack: async (payload: unknown) => acknowledged.resolve({ status: 200, payload: payload ?? '' }),
    };
    const processed = this.#app?.processEvent(event) ?? Promise.reject(new Error('Slack is not started'));
    processed.then(
      () => acknowledged.resolve({ status: 200, payload: '' }),
      (error: unknown) => {
        this.#logger.error({ requestId: request.id, reason: messageOf(error) }, 'a delivery of Slack failed');
        acknowledged.resolve({ status: 503, payload: '' });
      },
    );
    const { status, payload } = await acknowledged.promise;
    return reply.status(status).send(payload);
  }
}

/** Read from the headers as they came: Node joins or drops those that stand twice. */
function signatureHeaders({ raw: { rawHeaders } }: FastifyRequest): SignatureHeaders {
  const valuesOf = (name: string) => rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return { timestamp: valuesOf('x-slack-request-timestamp'), signature: valuesOf('x-slack-signature') };
}

function isSslCheck(body: Buffer): boolean {
  return body.length <= SSL_CHECK_LENGTH && new URLSearchParams(body.toString()).get('ssl_check') === '1';
}

/** Events are JSON, commands are a form, and everything interactive is a form with JSON in it. */
function parseBody(body: Buffer, isForm: boolean): Record<string, unknown> | null {
  if (!isForm) return parseObject(body.toString());
  const form = new URLSearchParams(body.toString());
  const payload = form.get('payload');
  return payload === null ? Object.fromEntries(form) : parseObject(payload);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
