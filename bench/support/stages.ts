import type { Measured } from './shipmate-side.ts';
import type { Stand } from './stand.ts';
import { rounded } from './statistics.ts';

/** Where the time of a deployment went: waiting for a worker, each recorded stage, and what lies between them. */
export async function describeStages({ parts }: Stand, { tookMs, requestedAt, deployment }: Measured): Promise<string> {
  const stages = await parts.database.stores.deployments.stagesOf(deployment.id);
  const at = (time: number | null): string => `+${(time ?? 0) - requestedAt}`;
  const parted = stages.map(({ stage, startedAt, finishedAt }) => `${stage} ${at(startedAt)}..${at(finishedAt)}`);
  return [
    `${rounded(tookMs)} ms`,
    `recorded ${at(deployment.requestedAt)}`,
    `started ${at(deployment.startedAt)}`,
    ...parted,
    `finished ${at(deployment.finishedAt)}`,
  ].join(', ');
}
