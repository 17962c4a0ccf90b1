import { assertNever } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import { isFinal } from '../domain/deployment-state.ts';

/**
 * What the environment runs now as far as this deployment tells: the first thing that somebody woken at night wants to know.
 * It claims nothing that the state does not prove, and nothing any more once another deployment ran.
 */
export function environmentTruth(deployment: Deployment, isNewest: boolean): string {
  const { environment, state, version, previousVersion, startedAt } = deployment;
  if (isFinal(state) && startedAt === null) return 'It had not started, so it changed nothing.';
  if (isFinal(state) && !isNewest) return `Another deployment ran on ${environment} since.`;
  switch (state) {
    case 'requested':
    case 'awaiting_approval':
    case 'queued':
      return '';
    case 'running':
      return deployment.direction === 'back' ? `${environment} is going back to ${before(deployment)}.` : goingForward(deployment);
    case 'succeeded':
      return `${environment} runs ${version}.`;
    case 'rolled_back':
    case 'cancelled':
      return previousVersion === null
        ? `${environment} is as it was before: what this deployment created is gone again.`
        : `${environment} runs ${previousVersion} again.`;
    case 'rejected':
    case 'expired':
      return 'It changed nothing.';
    case 'failed':
      if (deployment.failure?.code === 'plan_changed') return 'It changed nothing.';
      return deployment.failure?.code === 'restore_failed' ? mixed(deployment) : leftBehind(deployment);
    case 'errored':
      return mixed(deployment);
    default:
      return assertNever(state);
  }
}

function before({ app, previousVersion }: Deployment): string {
  return previousVersion ?? `running nothing of ${app}`;
}

function goingForward({ environment, version, previousVersion }: Deployment): string {
  return previousVersion === null || previousVersion === version
    ? `${environment} is getting ${version}.`
    : `${environment} is going from ${previousVersion} to ${version}.`;
}

function mixed({ app, environment, version, previousVersion }: Deployment): string {
  const parts =
    previousVersion === null || previousVersion === version ? `parts of ${version}` : `parts of ${version} and of ${previousVersion}`;
  return `${environment} may run ${parts}: check it with /status ${app} ${environment}.`;
}

/** A failed release opened no revision, so its card has no Roll back button; typing it works. */
function leftBehind({ app, environment, version, previousVersion }: Deployment): string {
  const wayBack = previousVersion === null ? '' : ` To go back: /rollback ${app} ${environment} ${previousVersion}`;
  return `${environment} was left with ${version}: not healthy, not taken back.${wayBack}`;
}
