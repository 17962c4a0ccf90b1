import { assertNever, type Tone } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import { approvalLine } from './approval.ts';
import { type DeploymentFacts, tookMs } from './deployment-facts.ts';
import { environmentTruth } from './environment-truth.ts';
import { count, duration, sentence, shortId } from './wording.ts';

/** The one bold line of the card: where it stands, and what the environment runs. */
export function headline(facts: DeploymentFacts): string {
  return `${situation(facts)} ${environmentTruth(facts.deployment, facts.isNewest)}`.trim();
}

export function deploymentTone(deployment: Deployment): Tone {
  switch (deployment.state) {
    case 'requested':
    case 'awaiting_approval':
    case 'queued':
      return 'neutral';
    case 'running':
      return deployment.direction === 'back' ? 'warning' : 'progress';
    case 'succeeded':
      return 'success';
    case 'rolled_back':
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return 'warning';
    case 'failed':
    case 'errored':
      return 'danger';
    default:
      return assertNever(deployment.state);
  }
}

function situation(facts: DeploymentFacts): string {
  const { deployment } = facts;
  const { state, version } = deployment;
  switch (state) {
    case 'requested':
      return '⏳ Being looked at.';
    case 'awaiting_approval':
      return facts.approval === null ? '⏳ Waiting for approval.' : approvalLine({ ...facts.approval, deployment });
    case 'queued':
      return queued(facts);
    case 'running':
      return running(facts);
    case 'succeeded':
      return `✅ ${deployment.kind === 'rollback' ? 'Rolled back' : 'Deployed'}${took(deployment)}.`;
    case 'rolled_back':
      return `↩️ ${version} failed and was taken back.`;
    case 'cancelled':
      if (deployment.supersededBy !== undefined)
        return `⏹️ Superseded by ${shortId(deployment.supersededBy.deployment)} (${deployment.supersededBy.by.name}).`;
      if (facts.approval?.request.state === 'voided') return approvalLine({ ...facts.approval, deployment });
      return `⏹️ Cancelled${deployment.cancelRequestedBy === null ? '' : ` by ${deployment.cancelRequestedBy.name}`}.`;
    case 'rejected':
      return facts.approval === null ? '⛔ Rejected.' : approvalLine({ ...facts.approval, deployment });
    case 'expired':
      return '⌛ Expired before it could run.';
    case 'failed':
      return `❌ ${version} failed.`;
    case 'errored':
      return '🛑 Interrupted by a fault that is not the release’s.';
    default:
      return assertNever(state);
  }
}

function queued({ deployment, position, waitsFor }: DeploymentFacts): string {
  if (deployment.hold !== undefined) return `⏸️ Waits until it opens. ${sentence(deployment.hold.because)}`;
  if (waitsFor === null) return position <= 1 ? '⏳ Starting.' : `⏳ Number ${position} in the queue.`;
  const ahead = `${waitsFor.version} (${waitsFor.requester.name})`;
  // In an incident nobody should have to find out what stands in the way, and how to be rid of it.
  const wayOut =
    deployment.clearance === 'break_glass' && waitsFor.state === 'running' ? ` To take that back: /cancel ${shortId(waitsFor.id)}.` : '';
  return `${position <= 1 ? `⏳ Next, after ${ahead}.` : `⏳ Number ${position} in the queue, after ${ahead}.`}${wayOut}`;
}

function running({ deployment, progress }: DeploymentFacts): string {
  if (deployment.direction === 'back') {
    const why =
      deployment.cancelRequestedBy === null ? `${deployment.version} failed` : `cancelled by ${deployment.cancelRequestedBy.name}`;
    const restored = progress.filter((service) => service.phase === 'restored').length;
    const concerned = progress.filter((service) => service.phase !== 'pending').length;
    return `↩️ Taking it back (${why})${concerned === 0 ? '' : `: ${restored} of ${count(concerned, 'service')}`}.`;
  }
  const good = progress.filter((service) => service.phase === 'healthy' || service.phase === 'stable').length;
  const verb = deployment.kind === 'rollback' ? 'Rolling back' : 'Deploying';
  const cancelling = deployment.cancelRequestedBy === null ? '' : ` Cancel asked for by ${deployment.cancelRequestedBy.name}.`;
  return progress.length === 0
    ? sentence(`🚢 ${verb}`) + cancelling
    : `🚢 ${verb}: ${good} of ${count(progress.length, 'service')} healthy.${cancelling}`;
}

function took(deployment: Deployment): string {
  const ms = tookMs(deployment);
  return ms === null ? '' : ` in ${duration(ms)}`;
}
