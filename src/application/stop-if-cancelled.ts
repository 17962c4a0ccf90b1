import type { DeploymentRun } from './deployment-run.ts';
import { ReleaseCancelled } from './release-failed.ts';

/** Throws {@link ReleaseCancelled} when somebody has asked for that; between the steps of a stage. */
export async function stopIfCancelled(run: DeploymentRun): Promise<void> {
  const deployment = await run.reload();
  if (deployment.cancelRequestedBy !== null) throw new ReleaseCancelled('cancelled');
}
