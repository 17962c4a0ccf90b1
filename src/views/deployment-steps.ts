import { assertNever, type Element, type Step } from '../chat/message.ts';
import type { Deployment, StageReport } from '../domain/deployment.ts';
import { isFinal, STAGES, type Stage } from '../domain/deployment-state.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import { duration } from './wording.ts';

const LABELS: Readonly<Record<Stage, string>> = {
  prepare: 'Prepare',
  stage: 'Stage',
  validate: 'Validate',
  promote: 'Promote',
  verify: 'Verify',
  clean_up: 'Clean up',
};

export function stageLabel(stage: Stage): string {
  return LABELS[stage];
}

/** The six stages. What has no report yet is waiting, or will not come any more when the deployment is over or going back. */
export function stageSteps({ deployment, stages }: DeploymentFacts): Element {
  const isOver = isFinal(deployment.state) || deployment.direction === 'back';
  const steps = STAGES.map((stage): Step => {
    const report = stages.findLast((candidate) => candidate.stage === stage);
    if (report !== undefined) return fromReport(report, deployment);
    const isCurrent = !isOver && deployment.state === 'running' && deployment.stage === stage;
    return { label: LABELS[stage], state: isCurrent ? 'running' : isOver ? 'skipped' : 'waiting', detail: null };
  });
  return { type: 'steps', steps };
}

function fromReport(report: StageReport, deployment: Deployment): Step {
  const label = LABELS[report.stage];
  const took = report.finishedAt === null ? null : duration(report.finishedAt - report.startedAt);
  const attempt = report.attempt > 1 ? `attempt ${report.attempt}` : null;
  const lastLine = report.lines.at(-1) ?? null;
  switch (report.state) {
    case 'running':
      return { label, state: openState(deployment), detail: join(attempt, lastLine) };
    case 'succeeded':
      return { label, state: 'done', detail: join(took, attempt) };
    case 'failed':
      // Its lines are output: they stand in the thread, where there is room for them.
      return { label, state: 'failed', detail: join(took, attempt) };
    case 'skipped':
      return { label, state: 'skipped', detail: lastLine };
    default:
      return assertNever(report.state);
  }
}

/** A stage that nobody finished: still under way, or left open by a worker that died or was told to stop. */
function openState({ state }: Deployment): Step['state'] {
  if (!isFinal(state)) return 'running';
  return state === 'succeeded' ? 'done' : state === 'cancelled' ? 'skipped' : 'failed';
}

function join(...parts: readonly (string | null)[]): string | null {
  return parts.filter((part) => part !== null && part !== '').join(' · ') || null;
}
