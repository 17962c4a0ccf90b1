import { randomUUID } from 'node:crypto';
import { renderMessage } from '../../../adapters/terminal/render-message.ts';
import { messageSchema } from '../../../src/chat/message-schema.ts';
import type { StoredMessage } from '../../../src/domain/stored-message.ts';
import type { Shown, Talker } from './talker.ts';

const CHANNEL = 'deploys';

/** Ada in the browser chat, as its client speaks to the server. (What the page draws is tested in a browser.) */
export class WebTalker implements Talker {
  readonly platform = 'web';
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  static async open(url: string): Promise<WebTalker> {
    const headers = { 'content-type': 'application/json', origin: url };
    const answer = await fetch(`${url}/api/v1/chat/session`, { method: 'POST', headers, body: JSON.stringify({ person: 'ada' }) });
    return new WebTalker(url, answer.headers.getSetCookie()[0]?.split(';')[0] ?? '');
  }

  async say(text: string): Promise<void> {
    await this.#call('POST', '/messages', { deliveryId: randomUUID(), channel: CHANNEL, text });
  }

  async channel(): Promise<readonly Shown[]> {
    return (await this.#messages(`/channels/${CHANNEL}/messages?limit=100`)).filter(({ privateTo }) => privateTo === null).flatMap(shown);
  }

  async thread({ id }: Shown): Promise<string> {
    const messages = await this.#messages(`/threads/${id}`);
    return messages
      .flatMap(shown)
      .map(({ text }) => text)
      .join('\n');
  }

  async privately(): Promise<readonly string[]> {
    const messages = await this.#messages(`/channels/${CHANNEL}/messages?limit=100`);
    return messages
      .filter(({ privateTo }) => privateTo !== null)
      .flatMap(shown)
      .map(({ text }) => text);
  }

  async press({ id }: Shown, label: string): Promise<void> {
    const stored = (await this.#messages(`/channels/${CHANNEL}/messages?limit=100`)).find((message) => message.id === id);
    const buttons = messageSchema.parse(stored?.content).elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));
    const action = buttons.find((button) => button.label === label)?.action;
    await this.#call('POST', '/actions', { deliveryId: randomUUID(), channel: CHANNEL, action, values: {} });
  }

  async leave(): Promise<void> {
    await this.#call('DELETE', '/session', undefined);
  }

  async #messages(path: string): Promise<readonly StoredMessage[]> {
    return (await this.#call('GET', path, undefined)).messages;
  }

  async #call(method: string, path: string, body: unknown) {
    const headers = { cookie: this.#cookie, origin: this.#url, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const answer = await fetch(`${this.#url}/api/v1/chat${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}

function shown({ id, content }: StoredMessage): readonly Shown[] {
  const parsed = messageSchema.safeParse(content);
  if (!parsed.success) return [];
  const text = renderMessage(parsed.data, { width: 500, hasColors: false, now: Date.now() }).join('\n');
  const buttons = parsed.data.elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));
  return [{ id, text: `${parsed.data.summary}\n${text}`, buttons: buttons.map(({ label }) => label) }];
}
