import type { Logger as SlackLogger } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';

export const SLACK_API_URL = 'https://slack.com/api/';

/** Longer than Slack takes to answer in good times, shorter than anybody waits. */
const TIMEOUT_MS = 10_000;

export type ClientOptions = {
  readonly apiUrl: string;
  readonly logger: SlackLogger;
  /** Of one request. Default 10 s. */
  readonly timeoutMs?: number | undefined;
};

/**
 * How every request to Slack is made: once. Who called decides about another attempt, because only they know whether the
 * first one may have been applied. Absolute addresses are no methods: a name never becomes a request to somewhere else.
 */
export function clientOptions({ apiUrl, logger, timeoutMs }: ClientOptions): WebClientOptions {
  return {
    slackApiUrl: apiUrl,
    logger,
    timeout: timeoutMs ?? TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
}

export function createClient(token: string, options: ClientOptions): WebClient {
  return new WebClient(token, clientOptions(options));
}

/** The token of a workspace is looked up for each use: it may have been revoked, or given again. */
export interface Workspaces {
  /** Null when Shipmate is not installed there. Throws when that cannot be looked up now. */
  client(team: string): Promise<WebClient | null>;
}

export interface ListedWorkspaces extends Workspaces {
  /** Where Shipmate is installed, as far as that is known. Throws when that cannot be looked up now. */
  teams(): Promise<readonly string[]>;
}
