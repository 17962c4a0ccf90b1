import type { Json } from '../domain/json.ts';
import type { Completion, Reply } from './command.ts';

/**
 * The way in from platforms that deliver at least once and want a quick acknowledgement (Slack, Discord). An adapter
 * verifies who sent it, turns it into an {@link IncomingDelivery}, waits for `accept`, acknowledges, and then shows what
 * `settled` brings: a form at once; everything else arrives by the delivery loop, because answers are stored messages.
 */
export interface ChatIntake {
  /**
   * Keeps the delivery durably and starts to work on it. Resolves as soon as it is kept, or when it is clear that it
   * cannot be within `PATIENCE_MS`, well inside the platforms' three seconds; never rejects. What was kept is worked on even when this process dies.
   * `waitedMs`: so long the platform has been waiting already, 0 by default; what goes beyond `ACKNOWLEDGED_MS` together is taken from the patience.
   */
  accept(delivery: IncomingDelivery, waitedMs?: number): Promise<Accepted>;
  /**
   * Can the answer be a form? Then the platform has to be answered with it and not with a promise of an answer (a Discord
   * modal is only possible as the first response). Pure and immediate.
   */
  mayAnswerWithForm(delivery: Pick<IncomingDelivery, 'what'>): boolean;
  /** Completions for the text up to the cursor, as {@link import('./chat-core.ts').ChatCore.complete}; empty for people without rights. */
  complete(request: {
    platform: string;
    account: Account;
    channel: string;
    text: string;
  }): Promise<{ replaceFrom: number; completions: readonly Completion[] }>;
}

/** An account of a platform as its verified delivery names it. */
export type Account = {
  /** The platform's own id, unique on the platform (`T012/U345` on Slack, a snowflake on Discord): never a display name. */
  readonly id: string;
  /** As shown to people; decides nothing. */
  readonly name: string;
  /** Groups of the platform that the account is in, as shipmate.yml names them (`slack-group:S123`, `discord-role:456`); empty when they could not be read. */
  readonly groups: readonly string[];
};

export type IncomingDelivery = {
  readonly platform: string;
  /** The platform's own id of this delivery: the same one again is the same command or click. */
  readonly deliveryId: string;
  /** The channel's address, as {@link import('../ports/messenger.ts').OutgoingMessage} wants it. */
  readonly channel: string;
  readonly account: Account;
  readonly what:
    | { readonly kind: 'command'; readonly text: string }
    | { readonly kind: 'action'; readonly action: string; readonly values: Readonly<Record<string, string>> };
  /** What the adapter needs to answer exactly this delivery later (a response URL, an interaction token). Stored sealed, for an hour. */
  readonly handle: Json | null;
  /**
   * The platform brings it again when it is not acknowledged (Slack's events do: https://docs.slack.dev/apis/events-api#retries). Then
   * `unavailable` decides nothing: the next attempt is worked on, or this one when it comes through late. Default false: nobody sends it a second time.
   */
  readonly isBroughtAgain?: boolean;
};

/** The longest that `accept` waits for the database: the platforms give up after 3 s. */
export const PATIENCE_MS = 2300;

/** What an adapter asks its platform before `accept`, and `accept`, may take together: the rest of the 3 s is for the way. */
export const ACKNOWLEDGED_MS = 2600;

export type Accepted =
  /** Kept for the first time. `settled` resolves with the answer when it is stored (null: another process works on it); it never rejects. */
  | { readonly kind: 'accepted'; readonly settled: Promise<Reply | null> }
  /** Seen before: acknowledge and do nothing. */
  | { readonly kind: 'repeated' }
  /** Not kept: nothing will happen, unless the platform brings it again. `message` says so, for the person. */
  | { readonly kind: 'unavailable'; readonly message: string };
