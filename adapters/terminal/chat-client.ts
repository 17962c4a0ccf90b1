import { createParser } from 'eventsource-parser';
import type { z } from 'zod';
import {
  type BotMessage,
  cardSchema,
  channelsSchema,
  completionsSchema,
  errorSchema,
  historySchema,
  readBotMessage,
  type Sent,
  sentSchema,
} from './api-schema.ts';

/** The server said no, or cannot be reached; the message is for people. */
export class ChatClientError extends Error {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ChatClientError';
    this.status = status;
  }
}

export type ChatClientOptions = { readonly baseUrl: string; readonly token: string; readonly fetch?: typeof fetch };

/** The server's chat API (`/api/v1/chat`), as far as a terminal needs it. */
export class ChatClient {
  readonly #options: ChatClientOptions;

  constructor(options: ChatClientOptions) {
    this.#options = options;
  }

  async channels(signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#call('GET', '/channels', null, channelsSchema, signal)).channels.map((channel) => channel.name);
  }

  /** The newest bot messages of a channel, and the position before they were read. */
  async recent(channel: string, limit: number, signal: AbortSignal): Promise<{ messages: readonly BotMessage[]; position: number }> {
    const path = `/channels/${encodeURIComponent(channel)}/messages?limit=${limit}`;
    const { messages, position } = await this.#call('GET', path, null, historySchema, signal);
    return { messages: messages.map(readBotMessage).filter((message) => message !== null), position };
  }

  async thread(root: string, signal: AbortSignal): Promise<readonly BotMessage[]> {
    const schema = historySchema.pick({ messages: true });
    const { messages } = await this.#call('GET', `/threads/${encodeURIComponent(root)}`, null, schema, signal);
    return messages.map(readBotMessage).filter((message) => message !== null);
  }

  send(message: { deliveryId: string; channel: string; text: string }, signal: AbortSignal): Promise<Sent> {
    return this.#call('POST', '/messages', message, sentSchema, signal);
  }

  /** The channel where a deployment's card stands. */
  async cardChannel(deploymentId: string, signal: AbortSignal): Promise<string> {
    return (await this.#call('GET', `/cards/${encodeURIComponent(deploymentId)}`, null, cardSchema, signal)).channel;
  }

  /** What the end of this command line may become; nothing when that cannot be asked. */
  async complete(channel: string, text: string, signal: AbortSignal): Promise<readonly string[]> {
    const answer = this.#call('POST', '/complete', { channel, text }, completionsSchema, signal);
    return (await answer.catch(() => ({ completions: [] }))).completions.map(({ value }) => value);
  }

  /** A button, or a form with what was typed into it. */
  act(
    action: { deliveryId: string; channel: string; action: string; values?: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<Sent> {
    return this.#call('POST', '/actions', action, sentSchema, signal);
  }

  /** Messages written or edited after `position`, until the connection ends. `null` means: load everything anew. */
  async *follow(position: number, signal: AbortSignal): AsyncGenerator<BotMessage | null> {
    const response = await this.#fetch(`/stream?after=${position}`, { headers: { accept: 'text/event-stream' }, signal });
    if (response.body === null) throw new ChatClientError('The server sent no event stream.', response.status);
    const waiting: (BotMessage | null)[] = [];
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === 'reset') waiting.push(null);
        const message = event === 'message' || event === undefined ? readBotMessage(parseJson(data)) : null;
        if (message !== null) waiting.push(message);
      },
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* waiting.splice(0);
    }
  }

  async #call<Schema extends z.ZodType>(
    method: string,
    path: string,
    body: object | null,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.infer<Schema>> {
    const response = await this.#fetch(path, {
      method,
      signal,
      ...(body === null ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = schema.safeParse(parseJson(await response.text()));
    if (!answer.success)
      throw new ChatClientError('The server’s answer cannot be read: are both sides of the same version?', response.status);
    return answer.data;
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const { baseUrl, token, fetch: request = fetch } = this.#options;
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token}`);
    let response: Response;
    try {
      response = await request(new URL(`/api/v1/chat${path}`, baseUrl), { ...init, headers });
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw new ChatClientError(`Shipmate at ${baseUrl} does not answer. Is it running (npm start)?`, null, { cause });
    }
    if (response.ok) return response;
    const said = errorSchema.safeParse(parseJson(await response.text()));
    throw new ChatClientError(said.success ? said.data.error.message : `The server answered ${response.status}.`, response.status);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
