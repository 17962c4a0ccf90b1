import type { Logger } from '../../src/ports/logger.ts';
import type { WriteGuard } from '../../src/ports/orchestrator.ts';

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};

/** A guard whose lease is always held. */
export function freeGuard(fence: number): WriteGuard {
  return { owner: { deploymentId: `deployment-${fence}`, fence }, check: () => Promise.resolve() };
}
