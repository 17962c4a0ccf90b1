import { expect } from 'vitest';
import { SLACK_BUDGETS } from '../../support/slack/budgets.ts';
import { click, command, SIGNING_SECRET, send, signedForm } from '../../support/slack/sender.ts';
import { ADMIN, BOT_TOKEN, CHANNEL, SlackPeer, TEAM } from '../../support/slack/slack-peer.ts';
import type { Shown, Talker } from './talker.ts';

/** Ada in a Slack channel: signed commands and clicks in, the Web API's messages out. */
export class SlackTalker implements Talker {
  readonly platform = 'slack';
  readonly #peer: SlackPeer;
  #url = '';

  private constructor(peer: SlackPeer) {
    this.#peer = peer;
  }

  static async open(): Promise<SlackTalker> {
    return new SlackTalker(await SlackPeer.start({ budgets: SLACK_BUDGETS }));
  }

  get account(): string {
    return `${TEAM}/${ADMIN}`;
  }

  get environment(): Record<string, string> {
    return {
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_SIGNING_SECRET: Buffer.from(SIGNING_SECRET).toString('hex'),
      SLACK_API_URL: this.#peer.apiUrl,
    };
  }

  reach(url: string): void {
    this.#url = url;
  }

  async say(text: string): Promise<void> {
    const fields = command(text, { response_url: this.#peer.responses.issue(), channel_id: CHANNEL, user_id: ADMIN });
    const answer = await send({ url: this.#url }, signedForm(fields, { secret: this.environment['SLACK_SIGNING_SECRET'] ?? '' }));
    expect(answer.status).toBe(200);
  }

  async channel(): Promise<readonly Shown[]> {
    const messages = (await this.#peer.messages(CHANNEL)).filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts);
    return messages
      .reverse()
      .map(({ ts, blocks }) => ({ id: ts, text: textOf(blocks), buttons: buttonsOf(blocks).map(({ label }) => label) }));
  }

  async thread({ id }: Shown): Promise<string> {
    return (await this.#peer.replies(CHANNEL, id)).map(({ blocks }) => textOf(blocks)).join('\n');
  }

  async privately(): Promise<readonly string[]> {
    return this.#peer.responses.answers.map(({ body }) => textOf(body['blocks']));
  }

  async press({ id }: Shown, label: string): Promise<void> {
    const message = (await this.#peer.messages(CHANNEL)).find(({ ts }) => ts === id);
    const button = buttonsOf(message?.blocks).find((candidate) => candidate.label === label);
    if (button === undefined) throw new Error(`no button “${label}”`);
    // The client asks what `confirm` says before it sends anything.
    expect(button.confirm).toContain(label);
    const container = { type: 'message', message_ts: id, channel_id: CHANNEL, is_ephemeral: false };
    const payload = click(button.value, { container, response_url: this.#peer.responses.issue() });
    const secret = this.environment['SLACK_SIGNING_SECRET'] ?? '';
    const signed = signedForm({ payload: JSON.stringify(payload) }, { secret });
    expect((await send({ url: this.#url }, signed)).status).toBe(200);
  }

  async leave(): Promise<void> {
    expect(this.#peer.problems).toEqual([]);
    expect(this.#peer.responses.problems).toEqual([]);
    await this.#peer.stop();
  }
}

type Node = { readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

function nodes(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodes);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodes)] : [];
}

/** Every text in the order in which it stands, as a reader sees it. */
function textOf(blocks: unknown): string {
  const texts = nodes(blocks).flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  return texts.join('\n').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

function buttonsOf(blocks: unknown): readonly { label: string; value: string; confirm: string }[] {
  return nodes(blocks)
    .filter(({ type }) => type === 'button')
    .map(({ text, value, confirm }) => ({ label: textOf([text]), value: String(value), confirm: textOf([confirm]) }));
}
