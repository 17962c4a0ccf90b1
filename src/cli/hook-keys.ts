import { checkHookKeys, readHookKeys } from '../config/hook-keys.ts';
import { describeFinding } from '../ports/app-source.ts';
import type { Logger } from '../ports/logger.ts';
import type { HookConfig, Workspace } from '../ports/workspace.ts';
import { StartRefused } from './start-refused.ts';

/** With an empty secret everybody could sign: then nothing starts. */
export function refuseHooksWithoutKeys(workspace: Workspace): void {
  const findings = checkHookKeys(workspace);
  if (findings.length > 0) throw new StartRefused('a hook has no usable secret', findings.map(describeFinding));
}

/** The keys of a hook as they are now. One that became unusable while we run takes nothing any more, and the log says why. */
export function hookKeys(logger: Logger): (hook: HookConfig) => readonly Uint8Array[] {
  return (hook) => {
    try {
      return readHookKeys(hook);
    } catch (error) {
      logger.error({ hook: hook.name, reason: error instanceof Error ? error.message : 'unknown' }, 'the secret of a hook cannot be used');
      return [];
    }
  };
}
