import type { OpenBreaker } from '../domain/breaker.ts';
import type { AppSource } from '../ports/app-source.ts';
import type { Breaker } from '../ports/breakers.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { ImageResolver } from '../ports/image-resolver.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Notices } from '../ports/notices.ts';
import type { OneTimeCodes } from '../ports/one-time-codes.ts';
import type { Orchestrator } from '../ports/orchestrator.ts';
import type { Passkeys } from '../ports/passkeys.ts';
import type { DeploymentQueue } from '../ports/queue.ts';
import type { RateLimits } from '../ports/rate-limits.ts';
import type { Schedules } from '../ports/schedules.ts';
import type { Sealer } from '../ports/sealer.ts';
import type { SourceHistory } from '../ports/source-history.ts';
import type { Workspace } from '../ports/workspace.ts';
import type { Failpoints } from './failpoints.ts';

/** What the use cases work with; the composition root puts it together. */
export type Parts = {
  readonly database: Database;
  readonly orchestrator: Orchestrator;
  readonly images: ImageResolver;
  readonly breakers: {
    /** Of the engine; `orchestrator` and `images` keep to it by themselves. */
    readonly engine: Breaker;
    /** Every part that is left alone now. */
    open(): readonly OpenBreaker[];
  };
  readonly source: AppSource;
  readonly sealer: Sealer;
  readonly rateLimits: RateLimits;
  readonly oneTimeCodes: OneTimeCodes;
  /** Null without a public https address: a passkey belongs to one. */
  readonly passkeys: Passkeys | null;
  /** Where our pages are, without a slash at the end: the public address, or else where the server answers. */
  readonly pagesUrl: () => string;
  readonly notices: Notices;
  /** Absent: nobody is asked what was committed, and cards have the two hashes only. */
  readonly sourceHistory?: SourceHistory;
  readonly queue: DeploymentQueue;
  readonly schedules: Schedules;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The newest valid content of `shipmate.yml`. */
  readonly workspace: () => Workspace;
  /** Why a changed `shipmate.yml` is not in force, a line each; empty when the newest content is. */
  readonly configurationRefused?: () => readonly string[];
  readonly failpoints: Failpoints;
  /** Names this process in leases: host, process and a random part. */
  readonly holder: string;
  /** How long a silent worker keeps its environment; a takeover after kill -9 waits at most this long. */
  readonly leaseTtlMs: number;
};
