import { formatAction } from '../chat/action-id.ts';
import type { Button, Element } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import { type DeploymentState, isOpen } from '../domain/deployment-state.ts';
import { approvalButtons } from './approval.ts';
import type { DeploymentFacts } from './deployment-facts.ts';

/** Buttons follow from the state: whatever would be refused is not offered. The urgent one comes first. */
export function deploymentButtons(facts: DeploymentFacts): Element {
  const { deployment, rollbackTarget, isNewest } = facts;
  const buttons: Button[] = [];
  if (facts.approval?.request.state === 'open') buttons.push(...approvalButtons({ ...facts.approval, deployment }));
  if (rollbackTarget !== null && LEFT_SOMETHING.includes(deployment.state)) buttons.push(rollBack(deployment, rollbackTarget));
  if (isOpen(deployment.state) && deployment.cancelRequestedBy === null && deployment.direction === 'forward')
    buttons.push(cancel(deployment));
  if (isNewest && CAN_RETRY.includes(deployment.state)) buttons.push(retry(deployment));
  if (deployment.startedAt !== null) buttons.push(plain('view-logs', deployment, 'View logs'));
  if (facts.approval?.request.state !== 'open') buttons.push(plain('view-plan', deployment, 'View plan'));
  if (facts.brokenGlass?.signedOff === null) buttons.push(plain('sign-off', deployment, 'Sign off…'));
  return { type: 'buttons', buttons };
}

/** Ends after which the environment may hold this deployment's release. */
const LEFT_SOMETHING: readonly DeploymentState[] = ['succeeded', 'failed', 'errored'];
const CAN_RETRY: readonly DeploymentState[] = ['failed', 'errored', 'rolled_back', 'cancelled', 'expired'];

function rollBack(deployment: Deployment, target: { readonly version: string; readonly revision: number }): Button {
  const { app, environment, version } = deployment;
  return {
    action: formatAction('rollback', deployment.id),
    label: `Roll back to ${target.version}`,
    style: 'danger',
    confirm: {
      title: `Roll ${app} ${environment} back to ${target.version}?`,
      text: `${environment} goes from ${version} back to ${target.version} (revision ${target.revision}). Every service of the release goes back together, each behind its health check.`,
      yes: `Roll back to ${target.version}`,
      no: deployment.state === 'succeeded' ? `Keep ${version}` : 'Not now',
    },
  };
}

function cancel(deployment: Deployment): Button {
  const { app, environment, version, previousVersion, state } = deployment;
  const hasStarted = state === 'running';
  const after =
    previousVersion === null
      ? 'What it created so far is removed again.'
      : `What it changed so far goes back: ${environment} runs ${previousVersion} again.`;
  const untouched = 'It has not started, so nothing has to go back.';
  return {
    action: formatAction('cancel', deployment.id),
    label:
      hasStarted && previousVersion !== null ? `Cancel, back to ${previousVersion}` : state === 'awaiting_approval' ? 'Withdraw' : 'Cancel',
    style: hasStarted ? 'danger' : 'normal',
    confirm: {
      title: `Cancel ${app} ${environment} ${version}?`,
      text: hasStarted ? after : untouched,
      yes: 'Cancel the deployment',
      no: 'Let it run',
    },
  };
}

function retry(deployment: Deployment): Button {
  const { app, environment, version } = deployment;
  return {
    action: formatAction('retry', deployment.id),
    label: `Retry ${version}`,
    style: 'normal',
    confirm: {
      title: `Deploy ${version} to ${app} ${environment} again?`,
      text: `A new deployment of ${version} is planned from what ${environment} runs now, and queued.`,
      yes: `Retry ${version}`,
      no: 'Not now',
    },
  };
}

function plain(verb: string, deployment: Deployment, label: string): Button {
  return { action: formatAction(verb, deployment.id), label, style: 'normal', confirm: null };
}
