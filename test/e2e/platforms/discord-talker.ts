import { expect } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { ADA, click, createSigner, interactionFrom, slash } from '../../support/discord/interactions.ts';
import { type DiscordPeer, startDiscordPeer } from '../../support/discord/peer.ts';
import { flat, type PeerInteraction, type PeerMessage, textsOf } from '../../support/discord/peer-state.ts';
import type { Shown, Talker } from './talker.ts';

/** Ada in a Discord channel: signed interactions in, REST messages out. */
export class DiscordTalker implements Talker {
  readonly platform = 'discord';
  readonly #peer: DiscordPeer;
  readonly #signer = createSigner();
  readonly #mine: PeerInteraction[] = [];
  #url = '';

  private constructor(peer: DiscordPeer) {
    this.#peer = peer;
  }

  static async open(): Promise<DiscordTalker> {
    return new DiscordTalker(await startDiscordPeer());
  }

  get account(): string {
    return ADA.id;
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
    await this.#interact(interactionFrom(this.#peer, 2, slash(command.name, options)));
  }

  async channel(): Promise<readonly Shown[]> {
    return this.#messages().map((message) => ({
      id: message.id,
      text: readable(message),
      buttons: buttonsOf(message).map(({ label }) => label),
    }));
  }

  async thread({ id }: Shown): Promise<string> {
    return (this.#peer.state.channels.get(id)?.messages ?? []).map(readable).join('\n');
  }

  async privately(): Promise<readonly string[]> {
    return this.#mine.flatMap(({ original }) => (original === null || original.isLoading ? [] : [readable(original)]));
  }

  /** The button asks in a message of its own, and that one's yes acts. */
  async press({ id }: Shown, label: string): Promise<void> {
    const card = this.#messages().find((message) => message.id === id);
    if (card === undefined) throw new Error('there is no such card');
    const asked = await this.#click(card, label);
    if (asked.original === null) throw new Error(`“${label}” asked nothing`);
    expect(readable(asked.original)).toContain('staging goes from');
    await this.#click(asked.original, label);
  }

  async leave(): Promise<void> {
    expect(this.#peer.problems).toEqual([]);
    await this.#peer.close();
  }

  async #click(message: PeerMessage, label: string): Promise<PeerInteraction> {
    const button = buttonsOf(message).find((candidate) => candidate.label === label);
    if (button === undefined) throw new Error(`no button “${label}”`);
    return this.#interact(interactionFrom(this.#peer, 3, click(button.id), { clicked: message }));
  }

  async #interact({ known, sent }: ReturnType<typeof interactionFrom>): Promise<PeerInteraction> {
    const body = JSON.stringify(sent);
    const response = await fetch(`${this.#url}/discord/interactions`, { method: 'POST', headers: this.#signer.headers(body), body });
    expect(response.status).toBe(200);
    this.#peer.respond(known, await response.json());
    this.#mine.push(known);
    return known;
  }

  #messages(): readonly PeerMessage[] {
    return this.#peer.state.channels.get(this.#peer.channel.id)?.messages ?? [];
  }
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
