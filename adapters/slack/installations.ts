import type { Installation, InstallationQuery, InstallationStore } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Clock } from '../../src/ports/clock.ts';
import { installationBinding } from '../../src/ports/sealed-bindings.ts';
import type { Sealer } from '../../src/ports/sealer.ts';
import { NotInstalledError } from './kept-app.ts';
import { type ClientOptions, createClient, type ListedWorkspaces } from './slack-client.ts';

/** Where installations are kept: one a workspace, as sealed bytes. */
export interface InstallationRows {
  /** Replaces what was there. */
  save(team: string, sealed: Uint8Array): Promise<void>;
  find(team: string): Promise<Uint8Array | null>;
  /** Nothing happens when there is none. */
  remove(team: string): Promise<void>;
  /** The workspaces that have one. */
  list(): Promise<readonly string[]>;
}

/** What is kept of an installation: nothing that is not used. */
const keptSchema = z.object({
  botToken: z.string().min(1),
  botId: z.string(),
  botUser: z.string(),
  installedAt: z.number(),
});

type Kept = z.infer<typeof keptSchema>;
type InstallationsOptions = {
  readonly rows: InstallationRows;
  readonly sealer: Sealer;
  readonly client: ClientOptions;
  readonly clock: Clock;
};

/** Another process of ours may install or remove a workspace; this one notices within this time. */
const FRESH_MS = 15_000;
/** A delivery that waits for this is to be acknowledged within 3 s. */
const PATIENCE_MS = 300;

/** Several workspaces: their tokens, encrypted, each only good for its own workspace. */
export class Installations implements InstallationStore, ListedWorkspaces {
  readonly #options: InstallationsOptions;
  readonly #known = new Map<string, { readonly at: number; readonly kept: Kept; readonly client: WebClient }>();

  constructor(options: InstallationsOptions) {
    this.#options = options;
  }

  async client(team: string): Promise<WebClient | null> {
    const { clock, client } = this.#options;
    const known = this.#known.get(team);
    if (known !== undefined && clock.now() - known.at < FRESH_MS) return known.client;
    const kept = known === undefined ? await this.#find(team) : await this.#findInTime(team);
    // While the database is away, what was known goes on: Slack itself refuses a token that is none any more.
    if (kept === 'unknown') return known?.client ?? null;
    if (kept === null) {
      this.#known.delete(team);
      return null;
    }
    const isSame = known?.kept.botToken === kept.botToken;
    const entry = { at: clock.now(), kept, client: isSame ? known.client : createClient(kept.botToken, client) };
    this.#known.set(team, entry);
    return entry.client;
  }

  teams(): Promise<readonly string[]> {
    return this.#options.rows.list();
  }

  async storeInstallation<Version extends 'v1' | 'v2'>(installation: Installation<Version, boolean>): Promise<void> {
    const { team, bot } = installation;
    // A whole organisation has no one workspace whose people and channels could be told apart.
    if (team === undefined || bot === undefined) throw new Error('Shipmate is installed in a workspace, not in an organisation');
    const { rows, sealer, clock } = this.#options;
    const kept: Kept = { botToken: bot.token, botId: bot.id, botUser: bot.userId, installedAt: clock.now() };
    await rows.save(team.id, sealer.seal(new TextEncoder().encode(JSON.stringify(kept)), installationBinding('slack', team.id)));
    this.#known.delete(team.id);
  }

  async fetchInstallation(query: InstallationQuery<boolean>): Promise<Installation<'v2', false>> {
    const kept = query.teamId === undefined ? null : await this.#find(query.teamId);
    if (kept === null || query.teamId === undefined) throw new NotInstalledError();
    return {
      team: { id: query.teamId },
      enterprise: undefined,
      user: { id: '', token: undefined, scopes: undefined },
      bot: { token: kept.botToken, id: kept.botId, userId: kept.botUser, scopes: [] },
    };
  }

  async deleteInstallation(query: InstallationQuery<boolean>): Promise<void> {
    if (query.teamId !== undefined) await this.remove(query.teamId, null);
  }

  /** `removedAt`: an installation made after it stays, because Slack's word of a removal can be late, and repeated. */
  async remove(team: string, removedAt: number | null): Promise<void> {
    const kept = await this.#find(team);
    if (kept !== null && removedAt !== null && kept.installedAt > removedAt) return;
    await this.#options.rows.remove(team);
    this.#known.delete(team);
  }

  async #findInTime(team: string): Promise<Kept | null | 'unknown'> {
    const giveUp = new AbortController();
    const late = this.#options.clock.sleep(PATIENCE_MS, giveUp.signal).then(() => 'unknown' as const);
    const found = await Promise.race([this.#find(team).catch(() => 'unknown' as const), late]);
    giveUp.abort();
    return found;
  }

  async #find(team: string): Promise<Kept | null> {
    const { rows, sealer } = this.#options;
    const sealed = await rows.find(team);
    if (sealed === null) return null;
    return keptSchema.parse(JSON.parse(new TextDecoder().decode(sealer.open(sealed, installationBinding('slack', team)))));
  }
}
