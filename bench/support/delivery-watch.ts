import pg from 'pg';
import { canonicalJson, type Json } from '../../src/domain/json.ts';
import type { OutgoingMessage } from '../../src/ports/messenger.ts';

export type Written = { readonly id: string; readonly key: string; readonly content: Json };

/** How old what Slack shows of each card is, sampled: zero while it shows what it should. */
export class StalenessWatch {
  readonly samples: number[] = [];
  /** Contents that were written, over all messages. */
  versions = 0;
  readonly #client: pg.Client;
  readonly #shown = new Map<string, string>();
  /** Contents of a message in the order they were written, each with when. */
  readonly #versions = new Map<string, { text: string; at: number }[]>();
  #lastPosition = 0;

  constructor(connectionString: string) {
    this.#client = new pg.Client({ connectionString });
  }

  readonly onShown = ({ id, content }: OutgoingMessage): void => {
    this.#shown.set(id, canonicalJson(content));
  };

  async connect(): Promise<void> {
    await this.#client.connect();
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  /** Reads what was written since the last time and takes a sample of every card that stands. */
  async sample(): Promise<void> {
    const { rows } = await this.#client.query(
      'SELECT id, key, content, position::float8 AS position, updated_at::float8 AS updated_at FROM messages WHERE position > $1 ORDER BY position',
      [this.#lastPosition],
    );
    for (const { id, content, position, updated_at } of rows) {
      this.#lastPosition = position;
      const versions = this.#versions.get(id) ?? [];
      const text = canonicalJson(content);
      if (versions.at(-1)?.text === text) continue;
      this.versions += 1;
      this.#versions.set(id, [...versions, { text, at: updated_at }]);
    }
    const now = Date.now();
    for (const id of await this.#cards()) {
      const versions = this.#versions.get(id) ?? [];
      const shown = this.#shown.get(id);
      if (shown === undefined) continue;
      const index = versions.findLastIndex(({ text }) => text === shown);
      const newer = versions[index + 1];
      this.samples.push(newer === undefined ? 0 : now - newer.at);
    }
  }

  async #cards(): Promise<readonly string[]> {
    const { rows } = await this.#client.query(`SELECT id FROM messages WHERE key LIKE 'card:%'`);
    return rows.map(({ id }) => id);
  }

  /** Every message as it should stand. */
  async written(): Promise<readonly Written[]> {
    const { rows } = await this.#client.query('SELECT id, key, content FROM messages');
    return rows;
  }

  /** Messages that do not show their last content yet. */
  async behind(): Promise<{ cards: number; details: number }> {
    const behind = (await this.written()).filter(({ id, content }) => this.#shown.get(id) !== canonicalJson(content));
    const cards = behind.filter(({ key }) => key.startsWith('card:')).length;
    return { cards, details: behind.length - cards };
  }
}
