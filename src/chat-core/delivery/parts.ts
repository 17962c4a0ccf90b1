import type { DeliveryPace } from '../../domain/delivery-outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database } from '../../ports/database.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Messenger } from '../../ports/messenger.ts';
import type { DeliveryMetrics } from '../../ports/metrics.ts';
import type { Sealer } from '../../ports/sealer.ts';

export type DeliveryParts = {
  readonly messengers: readonly Messenger[];
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DeliveryMetrics;
  /** The account that a private message for this person goes to; null when they have none in that workspace. */
  readonly accountOf: (platform: string, personId: string, workspace: string) => Promise<string | null>;
  /** The address of the direct conversation with an account; null when there can be none. */
  readonly directChannelOf: (platform: string, accountId: string) => Promise<string | null>;
  /** Nothing can be delivered to this channel any more, as things are. */
  readonly onChannelGone: (platform: string, channel: string, reason: string) => Promise<void>;
  readonly settings?: Partial<DeliverySettings>;
};

export type DeliverySettings = {
  readonly pace: DeliveryPace;
  /** How often everything is looked at, whatever was notified. */
  readonly sweepMs: number;
  /** A process that does not renew its lease for this long is replaced by another. */
  readonly leaseMs: number;
  /** How often a process that stands by asks for the lease. */
  readonly standbyMs: number;
  /** Requests at the same time in one workspace. */
  readonly inFlight: number;
  /** Failures in a row after which a workspace is left alone, and for how long. */
  readonly breakAfter: number;
  readonly breakMs: number;
  /** Where more waits for an edit than a few seconds' worth, details of something under way wait at most this long for their first post. */
  readonly holdMs: number;
  /** Messages in memory at a time; the others wait in the database. */
  readonly open: number;
};
