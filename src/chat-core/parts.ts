import type { UseCases } from '../application/use-cases.ts';
import type { ActionDefinition } from '../chat/command.ts';
import type { Command } from '../chat/define-command.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RateLimits } from '../ports/rate-limits.ts';
import type { Workspace } from '../ports/workspace.ts';
import type { DeploymentProjection } from './project-deployment.ts';

/** What the core works with; the composition root hands it in. */
export type ChatCoreParts = {
  readonly commands: readonly Command<UseCases>[];
  readonly actions: readonly ActionDefinition<UseCases>[];
  readonly useCases: UseCases;
  readonly database: Database;
  readonly projection: DeploymentProjection;
  readonly rateLimits: RateLimits;
  /** As it is now: the workspace file may be read again. */
  readonly workspace: () => Pick<Workspace, 'limits'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};
