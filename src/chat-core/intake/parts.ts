import type { UseCases } from '../../application/use-cases.ts';
import type { ChatCore } from '../../chat/chat-core.ts';
import type { Account } from '../../chat/chat-intake.ts';
import type { Command } from '../../chat/define-command.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database } from '../../ports/database.ts';
import type { IntakeStore } from '../../ports/intake-store.ts';
import type { Logger } from '../../ports/logger.ts';
import type { DeliveryMetrics } from '../../ports/metrics.ts';
import type { Sealer } from '../../ports/sealer.ts';
import type { WorkLimits } from './work-queue.ts';

export type IntakeParts = {
  readonly core: Pick<ChatCore, 'command' | 'action' | 'complete'>;
  readonly commands: readonly Command<UseCases>[];
  /** `opensForm`: its answer may be a form. */
  readonly actions: readonly { readonly verb: string; readonly opensForm?: boolean }[];
  readonly database: Database;
  /** Where deliveries are kept, when not in the database's own. */
  readonly store?: IntakeStore;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DeliveryMetrics;
  /** An account that nobody knows is a person without rights. */
  readonly findPerson: (platform: string, account: Account) => Promise<Person>;
  readonly settings?: Partial<IntakeSettings>;
};

/** Commands and clicks beyond what may wait in memory wait in the database. */
export type IntakeSettings = WorkLimits & {
  /** Deliveries on their way into the database at a time that make a crowd: people wait for their acknowledgement. */
  readonly crowd: number;
  /** A process that does not renew its claims for this long is taken for dead. */
  readonly claimMs: number;
  readonly sweepMs: number;
  /** Before a delivery that could not be answered is tried again: longer than the core takes one under way for alive. */
  readonly againMs: number;
  /** Takings after which a delivery is answered with "it broke". */
  readonly tries: number;
  /** What is under way gets this long to end when the process stops. */
  readonly stopMs: number;
};

export const INTAKE_SETTINGS: IntakeSettings = {
  inWork: 200,
  // Few, so that acknowledging the next deliveries does not wait for those that are worked on.
  young: 8,
  youngInCrowd: 1,
  crowd: 16,
  youngMs: 250,
  waiting: 2_000,
  // Short, because people wait for this long and a sweep after a crash; longer than the core takes a delivery under way for alive.
  claimMs: 5_000,
  sweepMs: 2_000,
  againMs: 4_000,
  tries: 5,
  stopMs: 5_000,
};
