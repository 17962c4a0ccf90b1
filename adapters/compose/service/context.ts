import type { EnginePolicy } from '../../../src/ports/workspace.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Variables } from '../model/variables.ts';
import type { ProjectFiles } from '../project-files.ts';

/** What reading a service needs to know beside the service itself. */
export type ServiceContext = {
  readonly log: FindingLog;
  readonly variables: Variables;
  readonly files: ProjectFiles;
  readonly policy: EnginePolicy;
  /** Names defined at top level, to tell a wrong reference. */
  readonly defined: Readonly<Record<'networks' | 'volumes' | 'secrets' | 'configs', ReadonlySet<string>>>;
};
