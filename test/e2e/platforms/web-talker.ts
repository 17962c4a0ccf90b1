import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { renderMessage } from '../../../adapters/terminal/render-message.ts';
import { messageSchema } from '../../../src/chat/message-schema.ts';
import type { StoredMessage } from '../../../src/domain/stored-message.ts';
import type { FormTalker, OpenedForm, Shown, Standing } from './talker.ts';

const CHANNEL = 'deploys';

const formAnswer = z.object({
  kind: z.literal('form'),
  form: z.object({ action: z.string(), title: z.string(), fields: z.array(z.object({ label: z.string() })) }),
});

/** Somebody in the browser chat, as its client speaks to the server. (What the page draws is tested in a browser.) */
export class WebTalker implements FormTalker {
  readonly platform = 'web';
  readonly #url: string;
  /** Of the session, as a browser sends it. */
  readonly cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.cookie = cookie;
  }

  static async open(url: string, person = 'ada'): Promise<WebTalker> {
    const headers = { 'content-type': 'application/json', origin: url };
    const answer = await fetch(`${url}/api/v1/chat/session`, { method: 'POST', headers, body: JSON.stringify({ person }) });
    return new WebTalker(url, answer.headers.getSetCookie()[0]?.split(';')[0] ?? '');
  }

  async say(text: string): Promise<void> {
    await this.command(text);
  }

  /** Types a command; the form that opens, or null. */
  async command(text: string): Promise<OpenedForm | null> {
    return this.#form(await this.#call('POST', '/messages', { deliveryId: randomUUID(), channel: CHANNEL, text }));
  }

  async channel(): Promise<readonly Shown[]> {
    return (await this.#all()).filter(({ privateTo }) => privateTo === null).flatMap(shown);
  }

  async cards(): Promise<readonly Standing[]> {
    return (await this.channel()).map((card) => ({ ...card, where: 'channel' }));
  }

  /** The browser chat has no direct messages: what is for one person stands in the channel, and only they see it. */
  async direct(): Promise<readonly Standing[]> {
    const mine = (await this.#all()).filter(({ privateTo }) => privateTo !== null);
    return mine.flatMap(shown).map((message) => ({ ...message, where: 'direct' }));
  }

  async thread({ id }: Shown): Promise<string> {
    const messages = await this.#messages(`/threads/${id}`);
    return messages
      .flatMap(shown)
      .map(({ text }) => text)
      .join('\n');
  }

  answers(): Promise<readonly Standing[]> {
    return this.direct();
  }

  async privately(): Promise<readonly string[]> {
    return (await this.direct()).map(({ text }) => text);
  }

  async press(card: Shown, label: string): Promise<void> {
    await this.#click(card, label);
  }

  async open(message: Standing, label: string): Promise<OpenedForm | null> {
    return this.#form(await this.#click(message, label));
  }

  async leave(): Promise<void> {
    await this.#call('DELETE', '/session', undefined);
  }

  async #click({ id }: Shown, label: string): Promise<unknown> {
    const stored = (await this.#all()).find((message) => message.id === id);
    const buttons = messageSchema.parse(stored?.content).elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));
    const action = buttons.find((button) => button.label === label)?.action;
    if (action === undefined) throw new Error(`no button “${label}”`);
    return this.#call('POST', '/actions', { deliveryId: randomUUID(), channel: CHANNEL, action, values: {} });
  }

  #form(answer: unknown): OpenedForm | null {
    const parsed = formAnswer.safeParse(answer);
    if (!parsed.success) return null;
    const { action, title, fields } = parsed.data.form;
    return {
      title,
      fields: fields.map(({ label }) => label),
      send: async (values) => {
        await this.#call('POST', '/actions', { deliveryId: randomUUID(), channel: CHANNEL, action, values });
      },
    };
  }

  #all(): Promise<readonly StoredMessage[]> {
    return this.#messages(`/channels/${CHANNEL}/messages?limit=100`);
  }

  async #messages(path: string): Promise<readonly StoredMessage[]> {
    return (await this.#call('GET', path, undefined)).messages;
  }

  async #call(method: string, path: string, body: unknown) {
    const headers = { cookie: this.cookie, origin: this.#url, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
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
  const { elements, summary } = parsed.data;
  const buttons = elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));
  const links = elements.flatMap((element) => (element.type === 'link' ? [element.url] : []));
  return [{ id, text: `${summary}\n${text}`, buttons: buttons.map(({ label }) => label), links }];
}
