import { expect, vi } from 'vitest';
import { SLACK_BUDGETS } from '../../support/slack/budgets.ts';
import { click, command, type OpenedView, SIGNING_SECRET, send, signedForm, submission, typed } from '../../support/slack/sender.ts';
import { ADMIN, BOT_TOKEN, CHANNEL, SlackPeer, TEAM } from '../../support/slack/slack-peer.ts';
import type { FormTalker, OpenedForm, Shown, Standing } from './talker.ts';

/** Somebody in a Slack channel: signed commands, clicks and forms in, the Web API's messages out. */
export class SlackTalker implements FormTalker {
  readonly platform = 'slack';
  readonly #peer: SlackPeer;
  readonly #user: string;
  /** The addresses that this person's commands and clicks were to be answered at. */
  readonly #answeredAt = new Set<string>();
  #url = '';

  private constructor(peer: SlackPeer, user: string) {
    this.#peer = peer;
    this.#user = user;
  }

  /** The workspace's first person, in a workspace of its own with these others. */
  static async open(people: readonly string[] = []): Promise<SlackTalker> {
    return new SlackTalker(await SlackPeer.start({ budgets: SLACK_BUDGETS, people }), ADMIN);
  }

  /** Another person of the same workspace. */
  async colleague(name: string): Promise<SlackTalker> {
    return new SlackTalker(this.#peer, await this.#peer.userId(name));
  }

  get account(): string {
    return `${TEAM}/${this.#user}`;
  }

  get place(): string {
    return `slack:${TEAM}/${CHANNEL}`;
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
    const fields = command(text, { response_url: this.#responseUrl(), channel_id: CHANNEL, user_id: this.#user });
    await this.#send(fields);
  }

  async channel(): Promise<readonly Shown[]> {
    return this.#read(CHANNEL);
  }

  async cards(): Promise<readonly Standing[]> {
    return (await this.channel()).map((shown) => ({ ...shown, where: 'channel' }));
  }

  async direct(): Promise<readonly Standing[]> {
    const messages = await this.#read(await this.#peer.directChannel(this.#user));
    return messages.map((shown) => ({ ...shown, where: 'direct' }));
  }

  async thread({ id }: Shown): Promise<string> {
    return (await this.#peer.replies(CHANNEL, id)).map(({ blocks }) => textOf(blocks)).join('\n');
  }

  async privately(): Promise<readonly string[]> {
    return (await this.answers()).map(({ text }) => text);
  }

  async answers(): Promise<readonly Standing[]> {
    return this.#mine().map(({ body }, index) => ({ ...shownOf(String(index), body['blocks']), where: 'answer' }));
  }

  async press({ id }: Shown, label: string): Promise<void> {
    const button = await this.#button({ id, where: 'channel' }, label);
    // The client asks what `confirm` says before it sends anything.
    expect(button.confirm).toContain(label);
    await this.#click({ id, where: 'channel' }, button.value);
  }

  async open(message: Standing, label: string): Promise<OpenedForm | null> {
    const button = await this.#button(message, label);
    expect(button.confirm).toBe('');
    const before = this.#mine().length;
    const trigger = await this.#click(message, button.value);
    const view = await vi.waitFor(
      () => {
        const opened = this.#peer.callsOf('views.open').find(({ body }) => body['trigger_id'] === trigger);
        if (opened !== undefined) return JSON.parse(opened.body['view'] ?? '') as OpenedView;
        expect(this.#mine().length, 'neither a form nor an answer').toBeGreaterThan(before);
        return null;
      },
      { timeout: 20_000, interval: 50 },
    );
    return view === null ? null : this.#form({ ...view, id: `V${trigger}` });
  }

  async leave(): Promise<void> {
    expect(this.#peer.problems).toEqual([]);
    expect(this.#peer.responses.problems).toEqual([]);
    await this.#peer.stop();
  }

  #form(view: OpenedView): OpenedForm {
    const inputs = nodes(view.blocks).filter(({ type }) => type === 'input');
    let sent = 0;
    return {
      title: textOf([view['title']]),
      fields: inputs.map(({ label }) => textOf([label])),
      send: async (values) => {
        const state = Object.fromEntries(
          inputs.map(({ block_id: id }) => [String(id), typed(values[String(id).replace(/^(field|hides)-/, '')] ?? null)]),
        );
        sent += 1;
        await this.#interact({ ...submission({ ...view, hash: `${sent}.a` }, state), user: this.#as() });
      },
    };
  }

  #mine() {
    return this.#peer.responses.answers.filter(({ url }) => this.#answeredAt.has(url));
  }

  #responseUrl(): string {
    const url = this.#peer.responses.issue();
    this.#answeredAt.add(new URL(url).pathname);
    return url;
  }

  async #read(channel: string): Promise<readonly Shown[]> {
    const messages = (await this.#peer.messages(channel)).filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts);
    return messages.reverse().map(({ ts, blocks }) => shownOf(ts, blocks));
  }

  async #channelOf({ where }: Pick<Standing, 'where'>): Promise<string> {
    return where === 'direct' ? this.#peer.directChannel(this.#user) : CHANNEL;
  }

  async #button(message: Pick<Standing, 'id' | 'where'>, label: string): Promise<Button> {
    const blocks =
      message.where === 'answer'
        ? this.#mine()[Number(message.id)]?.body['blocks']
        : (await this.#peer.messages(await this.#channelOf(message))).find(({ ts }) => ts === message.id)?.blocks;
    const button = buttonsOf(blocks).find((candidate) => candidate.label === label);
    if (button === undefined) throw new Error(`no button “${label}”`);
    return button;
  }

  /** With the trigger that a form may be opened by. */
  async #click(message: Pick<Standing, 'id' | 'where'>, value: string): Promise<string> {
    const channel = await this.#channelOf(message);
    const trigger = await this.#peer.triggerId(this.#user);
    const container = { type: 'message', message_ts: message.id, channel_id: channel, is_ephemeral: message.where === 'answer' };
    await this.#interact(
      click(value, {
        user: this.#as(),
        container,
        channel: { id: channel, name: 'channel' },
        trigger_id: trigger,
        response_url: this.#responseUrl(),
        actions: [{ type: 'button', action_id: 'shipmate-1', block_id: 'x', value, action_ts: `${Date.now() / 1000}` }],
      }),
    );
    return trigger;
  }

  #as() {
    return { id: this.#user, username: 'somebody', name: 'somebody', team_id: TEAM };
  }

  async #interact(payload: object): Promise<void> {
    await this.#send({ payload: JSON.stringify(payload) });
  }

  async #send(fields: Readonly<Record<string, string>>): Promise<void> {
    const answer = await send({ url: this.#url }, signedForm(fields, { secret: this.environment['SLACK_SIGNING_SECRET'] ?? '' }));
    expect(answer.status).toBe(200);
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

function shownOf(id: string, blocks: unknown): Shown {
  const links = nodes(blocks).flatMap(({ url }) => (typeof url === 'string' ? [url] : []));
  return { id, text: textOf(blocks), buttons: buttonsOf(blocks).map(({ label }) => label), links };
}

type Button = { readonly label: string; readonly value: string; readonly confirm: string };

function buttonsOf(blocks: unknown): readonly Button[] {
  return nodes(blocks)
    .filter(({ type }) => type === 'button')
    .map(({ text, value, confirm }) => ({ label: textOf([text]), value: String(value), confirm: textOf([confirm]) }));
}
