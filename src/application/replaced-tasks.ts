import { hasEnded, type ObservedStack, type ObservedTask } from '../domain/observed.ts';
import type { DeploymentRun } from './deployment-run.ts';
import type { Report } from './run-stage.ts';
import { stopIfCancelled } from './stop-if-cancelled.ts';

const POLL_MS = 250;
/** As the engine does when the definition names none (`docker service create --stop-grace-period`). */
export const DEFAULT_STOP_GRACE_MS = 10_000;
/** The engine takes a task out of its network's names and waits before it stops it: 2 s in 20.10. The rest is room for a busy node. */
const BEFORE_STOP_MS = 10_000;

/**
 * A task that was replaced goes on answering until it has stopped, so whoever asks the app too early hears the release
 * before. Waits no longer than the tasks' own grace; one that will not stop is named in the report, and the checks go on.
 */
export async function untilReplacedTasksEnded(run: DeploymentRun, report: Report, signal: AbortSignal): Promise<void> {
  const { clock, orchestrator } = run.parts;
  const since = clock.now();
  for (;;) {
    const observed = await orchestrator.observe(run.deployment.stack, { objects: false });
    const left = replacedTasks(observed);
    if (left.length === 0) return;
    if (clock.now() - since >= graceOf(observed, left) + BEFORE_STOP_MS) {
      report.line(`still stopping: ${[...new Set(left.map((task) => task.service))].join(', ')}`);
      return;
    }
    await clock.sleep(POLL_MS, signal);
    signal.throwIfAborted();
    await stopIfCancelled(run);
  }
}

function replacedTasks({ tasks }: ObservedStack): readonly ObservedTask[] {
  return tasks.filter((task) => !task.isCurrent && task.containerId !== null && !hasEnded(task));
}

/** The new specification's grace stands for the old one's: the engine shows no other. */
function graceOf({ services }: ObservedStack, left: readonly ObservedTask[]): number {
  const graces = services
    .filter(({ service }) => left.some((task) => task.service === service))
    .map(({ spec }) => spec.stopGracePeriodMs ?? DEFAULT_STOP_GRACE_MS);
  return Math.max(DEFAULT_STOP_GRACE_MS, ...graces);
}
