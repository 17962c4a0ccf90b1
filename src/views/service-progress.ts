import { assertNever, type Element } from '../chat/message.ts';
import type { Deployment, ServiceProgress } from '../domain/deployment.ts';
import { isFinal } from '../domain/deployment-state.ts';
import { count, names } from './wording.ts';

/** Services shown one by one; the platforms' limit of elements leaves no room for more. */
const SHOWN = 12;

/** One line each for what this deployment touches, troubled ones first; what it leaves alone is one line together. */
export function serviceProgress(deployment: Deployment, progress: readonly ServiceProgress[]): readonly Element[] {
  const ordered = [...progress].sort((a, b) => urgency(a) - urgency(b) || a.wave - b.wave || a.service.localeCompare(b.service));
  const shown = ordered.slice(0, SHOWN).map((service): Element => {
    const detail = phaseWords(service, deployment);
    return { type: 'progress', label: service.service, value: done(service, deployment), total: service.desired, detail };
  });
  const more = ordered.slice(SHOWN).map((service) => service.service);
  const unchanged = deployment.plan.services.filter((service) => service.action === 'unchanged').map((service) => service.service);
  const lines = [
    more.length > 0 ? `… and ${count(more.length, 'more service')}: ${names(more)}` : null,
    unchanged.length > 0 ? `Unchanged: ${names(unchanged)}` : null,
  ].filter((line) => line !== null);
  return lines.length === 0 ? shown : [...shown, { type: 'text', text: lines.join('\n'), style: 'quiet' }];
}

/** A job that is back has no task that runs, and yet nothing of it is missing. */
function done({ service, phase, running, desired }: ServiceProgress, { plan }: Deployment): number {
  const isJob = plan.services.some((candidate) => candidate.service === service && candidate.isJob);
  return isJob && phase === 'restored' ? desired : running;
}

function urgency(service: ServiceProgress): number {
  return service.phase === 'failed' ? 0 : service.phase === 'restoring' ? 1 : 2;
}

function phaseWords(service: ServiceProgress, deployment: Deployment): string {
  const words = phase(service, isFinal(deployment.state));
  return service.message === null || service.message === '' ? words : `${words}: ${service.message}`;
}

function phase({ phase }: ServiceProgress, isOver: boolean): string {
  switch (phase) {
    case 'pending':
      return isOver ? 'not touched' : 'waiting';
    case 'applied':
      return isOver ? 'new version applied, never healthy' : 'starting';
    case 'healthy':
      return isOver ? 'healthy' : 'healthy, being watched';
    case 'stable':
      return 'healthy';
    case 'failed':
      return 'failed';
    case 'restoring':
      return isOver ? 'not back to what ran before' : 'going back';
    case 'restored':
      return 'back to what ran before';
    default:
      return assertNever(phase);
  }
}
