import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { readFailure } from './outcome.ts';
import { type ClientOptions, createClient, type ListedWorkspaces } from './slack-client.ts';

const ASK_AGAIN_MS = 60_000;

/** One workspace, by the token that stands in the settings. */
export class SingleWorkspace implements ListedWorkspaces {
  readonly #client: WebClient;
  readonly #logger: Logger;
  readonly #clock: Clock;
  #team: string | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(botToken: string, options: ClientOptions, { logger, clock }: { logger: Logger; clock: Clock }) {
    this.#client = createClient(botToken, options);
    this.#logger = logger;
    this.#clock = clock;
  }

  async client(team: string): Promise<WebClient | null> {
    // Slack was away at the start: asked again beside the work.
    if (this.#team === null && this.#clock.now() - this.#askedAt > ASK_AGAIN_MS) void this.learnTeam();
    // Another workspace's channels are not ours to write to, should its people reach us.
    return this.#team !== null && this.#team !== team ? null : this.#client;
  }

  async teams(): Promise<readonly string[]> {
    return this.#team === null ? [] : [this.#team];
  }

  /** Asks Slack whose token it is. Without an answer Shipmate starts all the same: Slack may be back before anybody types. */
  async learnTeam(): Promise<void> {
    this.#askedAt = this.#clock.now();
    try {
      const { team_id } = await this.#client.auth.test();
      this.#team = team_id ?? null;
    } catch (error) {
      const failure = readFailure(error);
      if (failure?.kind === 'code')
        this.#logger.error({ reason: failure.code }, 'Slack does not accept SLACK_BOT_TOKEN: check it in the settings of the Slack app');
      else this.#logger.warn({ reason: failure?.kind ?? 'unknown' }, 'Slack could not be reached yet');
    }
  }
}
