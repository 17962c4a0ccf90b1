import { expect } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { ADA, click, createSigner, type DiscordUser, interactionFrom, slash, submitted } from '../../support/discord/interactions.ts';
import { type DiscordPeer, startDiscordPeer } from '../../support/discord/peer.ts';
import { flat, type PeerInteraction, type PeerMessage, type StoredComponent, textsOf } from '../../support/discord/peer-state.ts';
import { snowflake } from '../../support/discord/snowflakes.ts';
import type { FormTalker, OpenedForm, Shown, Standing } from './talker.ts';

/** Somebody in a Discord channel: signed interactions in, REST messages out. */
export class DiscordTalker implements FormTalker {
  readonly platform = 'discord';
  readonly #peer: DiscordPeer;
  readonly #user: DiscordUser;
  readonly #signer: ReturnType<typeof createSigner>;
  readonly #mine: PeerInteraction[] = [];
  #url = '';

  private constructor(peer: DiscordPeer, signer: ReturnType<typeof createSigner>, user: DiscordUser) {
    this.#peer = peer;
    this.#signer = signer;
    this.#user = user;
  }

  static async open(): Promise<DiscordTalker> {
    return new DiscordTalker(await startDiscordPeer(), createSigner(), ADA);
  }

  /** Another person of the same server. */
  colleague(name: string): DiscordTalker {
    return new DiscordTalker(this.#peer, this.#signer, { id: snowflake(), username: name, global_name: name });
  }

  get account(): string {
    return this.#user.id;
  }

  get place(): string {
    return `discord:${this.#peer.channel.id}`;
  }

  get environment(): Record<string, string> {
    const { token, applicationId } = this.#peer.state;
    return {
      DISCORD_TOKEN: token,
      DISCORD_APPLICATION_ID: applicationId,
      DISCORD_PUBLIC_KEY: this.#signer.publicKey,
      DISCORD_API_URL: this.#peer.apiUrl,
    };
  }

  reach(url: string): void {
    this.#url = url;
  }

  /** The client makes options of what is typed, by the commands that the bot registered. */
  async say(text: string): Promise<void> {
    const { command, typed } = parseCommand(text, commands);
    if (command === null) throw new Error(`${text}: Discord offers no such command`);
    expect(this.#peer.state.commands).toContainEqual(expect.objectContaining({ name: command.name }));
    const options = Object.entries(typed).map(([name, value]) => ({ name, type: value === true ? 5 : 3, value }));
    await this.#interact(interactionFrom(this.#peer, 2, slash(command.name, options), { user: this.#user }));
  }

  async channel(): Promise<readonly Shown[]> {
    return this.#messages('channel').map(shownOf);
  }

  async cards(): Promise<readonly Standing[]> {
    return this.#messages('channel').map((message) => ({ ...shownOf(message), where: 'channel' }));
  }

  async direct(): Promise<readonly Standing[]> {
    return this.#messages('direct').map((message) => ({ ...shownOf(message), where: 'direct' }));
  }

  async thread({ id }: Shown): Promise<string> {
    return (this.#peer.state.channels.get(id)?.messages ?? []).map(readable).join('\n');
  }

  async privately(): Promise<readonly string[]> {
    return (await this.answers()).map(({ text }) => text);
  }

  async answers(): Promise<readonly Standing[]> {
    const seen = this.#mine.flatMap(({ original }) => (original === null || original.isLoading ? [] : [original]));
    return seen.map((message) => ({ ...shownOf(message), where: 'answer' }));
  }

  /** The button asks in a message of its own, and that one's yes acts. */
  async press({ id }: Shown, label: string): Promise<void> {
    const asked = await this.#click(this.#message({ id, where: 'channel' }), label, false);
    if (asked.original === null) throw new Error(`“${label}” asked nothing`);
    expect(readable(asked.original)).toContain('staging goes from');
    await this.#click(asked.original, label, false);
  }

  async open(message: Standing, label: string): Promise<OpenedForm | null> {
    const isDirect = message.where === 'direct';
    const clicked = this.#message(message);
    const { response } = await this.#click(clicked, label, isDirect);
    // https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
    if (response?.['type'] !== 9) return null;
    const { custom_id, title, components } = response['data'] as { custom_id: string; title: string; components: StoredComponent[] };
    return {
      title,
      fields: components.map(({ label: text }) => String(text)),
      send: async (values) => {
        const given = { clicked, direct: isDirect, user: this.#user };
        await this.#interact(interactionFrom(this.#peer, 5, submitted(custom_id, values), given));
      },
    };
  }

  async leave(): Promise<void> {
    expect(this.#peer.problems).toEqual([]);
    await this.#peer.close();
  }

  async #click(message: PeerMessage, label: string, direct: boolean): Promise<PeerInteraction> {
    const button = buttonsOf(message).find((candidate) => candidate.label === label);
    if (button === undefined) throw new Error(`no button “${label}”`);
    return this.#interact(interactionFrom(this.#peer, 3, click(button.id), { clicked: message, direct, user: this.#user }));
  }

  async #interact({ known, sent }: ReturnType<typeof interactionFrom>): Promise<PeerInteraction> {
    const body = JSON.stringify(sent);
    const response = await fetch(`${this.#url}/discord/interactions`, { method: 'POST', headers: this.#signer.headers(body), body });
    expect(response.status).toBe(200);
    this.#peer.respond(known, await response.json());
    this.#mine.push(known);
    return known;
  }

  #messages(where: Standing['where']): readonly PeerMessage[] {
    const { state, channel } = this.#peer;
    // The peer names a direct channel after its person.
    const place =
      where === 'direct' ? [...state.channels.values()].find(({ type, name }) => type === 1 && name === this.#user.id) : channel;
    return place?.messages ?? [];
  }

  #message({ id, where }: Pick<Standing, 'id' | 'where'>): PeerMessage {
    const found = this.#messages(where).find((message) => message.id === id);
    if (found === undefined) throw new Error('there is no such message');
    return found;
  }
}

function shownOf(message: PeerMessage): Shown {
  const links = flat(message.components).flatMap(({ url }) => (typeof url === 'string' ? [url] : []));
  return { id: message.id, text: readable(message), buttons: buttonsOf(message).map(({ label }) => label), links };
}

/** Without the marks that Discord's markdown takes away. */
function readable(message: PeerMessage): string {
  return textsOf(message).join('\n').replace(/\\(.)/g, '$1').replaceAll('**', '');
}

function buttonsOf(message: PeerMessage): readonly { label: string; id: string }[] {
  return flat(message.components).flatMap(({ type, label, custom_id: id }) =>
    type === 2 && typeof label === 'string' && typeof id === 'string' ? [{ label, id }] : [],
  );
}
