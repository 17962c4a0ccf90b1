import type { WebClient } from '@slack/web-api';
import type { Logger } from '../../src/ports/logger.ts';
import { readFailure } from './outcome.ts';
import { type ClientOptions, createClient, type Workspaces } from './slack-client.ts';

/** One workspace, by the token that stands in the settings. */
export class SingleWorkspace implements Workspaces {
  readonly #client: WebClient;
  readonly #logger: Logger;
  #team: string | null = null;

  constructor(botToken: string, options: ClientOptions, logger: Logger) {
    this.#client = createClient(botToken, options);
    this.#logger = logger;
  }

  async client(team: string): Promise<WebClient | null> {
    // Another workspace's channels are not ours to write to, should its people reach us.
    return this.#team !== null && this.#team !== team ? null : this.#client;
  }

  /** Asks Slack whose token it is. Without an answer Shipmate starts all the same: Slack may be back before anybody types. */
  async learnTeam(): Promise<void> {
    try {
      const { team_id } = await this.#client.auth.test();
      this.#team = team_id ?? null;
    } catch (error) {
      const failure = readFailure(error);
      if (failure === null) throw error;
      if (failure.kind === 'code')
        this.#logger.error({ reason: failure.code }, 'Slack does not accept SLACK_BOT_TOKEN: check it in the settings of the Slack app');
      else this.#logger.warn({ reason: failure.kind }, 'Slack could not be reached yet');
    }
  }
}
