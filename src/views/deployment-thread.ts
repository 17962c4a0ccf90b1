import type { Element, Message, Tone } from '../chat/message.ts';
import type { OpenBreaker } from '../domain/breaker.ts';
import type { ServiceProgress, StageReport } from '../domain/deployment.ts';
import { isFinal, STAGES } from '../domain/deployment-state.ts';
import type { ServicePlan } from '../domain/plan.ts';
import { composeMessage, fields, quiet, strong, text } from './compose-message.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import { stageLabel } from './deployment-steps.ts';
import { failureAdvice } from './failure-advice.ts';
import { outageElements } from './outage.ts';
import { planElements, planSummary } from './plan-elements.ts';
import { duration, sentence, shortImage, utcTime } from './wording.ts';

export type ThreadMessage = { readonly key: string; readonly message: Message };

/** The details under a card, in the order they happen; each key stands for one message that is edited in place. */
export function deploymentThread(facts: DeploymentFacts): readonly ThreadMessage[] {
  const { deployment, stages, progress } = facts;
  const key = (part: string) => `thread:${deployment.id}:${part}`;
  const reports = STAGES.flatMap((stage) => stages.findLast((report) => report.stage === stage) ?? []);
  // What does not answer is said where the deployment stands: in the stage under way, or before the first one.
  const waiting = reports.findLast((report) => report.state === 'running');
  return [
    { key: key('plan'), message: planMessage(facts, waiting === undefined) },
    ...reports.map((report) => ({
      key: key(`stage:${report.stage}`),
      message: stageMessage(report, report === waiting ? facts.outage : null),
    })),
    ...progress
      .filter((service) => service.phase !== 'pending')
      .map((service) => ({ key: key(`service:${service.service}`), message: serviceMessage(service, facts) })),
    ...(deployment.failure === null ? [] : [{ key: key('failure'), message: failureMessage(facts) }]),
  ];
}

function planMessage({ deployment, outage }: DeploymentFacts, isWaiting: boolean): Message {
  return composeMessage(`Plan: ${planSummary(deployment.plan)}`, 'neutral', [
    strong(`Plan: ${planSummary(deployment.plan)}.`),
    ...planElements(deployment.plan),
    ...(isWaiting ? outageElements(outage) : []),
    quiet(`plan ${deployment.planHash.slice(0, 12)}`),
  ]);
}

const STAGE_WORDS: Readonly<Record<StageReport['state'], readonly [word: string, tone: Tone]>> = {
  running: ['under way', 'progress'],
  succeeded: ['done', 'success'],
  failed: ['failed', 'danger'],
  skipped: ['skipped', 'neutral'],
};

function stageMessage(report: StageReport, outage: OpenBreaker | null): Message {
  const [word, tone] = STAGE_WORDS[report.state];
  const took = report.finishedAt === null ? '' : ` in ${duration(report.finishedAt - report.startedAt)}`;
  const attempt = report.attempt > 1 ? `, attempt ${report.attempt}` : '';
  const line = `${stageLabel(report.stage)} ${word}${report.state === 'skipped' ? '' : took}${attempt}`;
  return composeMessage(line, tone, [strong(line), report.lines.length === 0 ? null : lines(report), ...outageElements(outage)]);
}

/** Output of a failed stage is shown as it is; reports of the others read as text. */
function lines(report: StageReport): Element {
  const joined = report.lines.join('\n');
  return report.state === 'failed' ? { type: 'code', text: joined, title: null } : text(joined);
}

const PHASES: Readonly<Record<ServiceProgress['phase'], readonly [word: string, tone: Tone]>> = {
  pending: ['waits', 'neutral'],
  applied: ['starting', 'progress'],
  healthy: ['healthy', 'success'],
  stable: ['healthy', 'success'],
  failed: ['failed', 'danger'],
  restoring: ['going back to what ran before', 'warning'],
  restored: ['back to what ran before', 'warning'],
};

function serviceMessage(service: ServiceProgress, { deployment }: DeploymentFacts): Message {
  const [word, tone] = PHASES[service.phase];
  const plan = deployment.plan.services.find((candidate) => candidate.service === service.service);
  const since =
    service.healthySince !== null && service.appliedAt !== null ? ` after ${duration(service.healthySince - service.appliedAt)}` : '';
  const isHealthy = service.phase === 'healthy' || service.phase === 'stable';
  const line = `${service.service}: ${word}${isHealthy ? since : ''}, ${service.running}/${service.desired} running`;
  const deadline =
    service.phase === 'applied' && service.deadlineAt !== null && !isFinal(deployment.state)
      ? quiet(`Has until ${utcTime(service.deadlineAt, service.deadlineAt)} UTC to become healthy`)
      : null;
  const isBack = service.phase === 'restoring' || service.phase === 'restored';
  return composeMessage(line, tone, [
    strong(line),
    service.message === null ? null : text(service.message),
    isBack || plan === undefined ? null : quiet(imageLine(plan)),
    deadline,
  ]);
}

/** The name that people gave it, and the digest that tells two of the same name apart. */
function imageLine({ image, pinnedImage }: ServicePlan): string {
  const name = shortImage(image).split('@')[0] ?? '';
  const [digest] = /sha256:[0-9a-f]{12}/.exec(pinnedImage) ?? [];
  return digest === undefined ? name : `${name} (${digest})`;
}

function failureMessage({ deployment, stages, progress }: DeploymentFacts): Message {
  const failure = deployment.failure;
  const failedStage = stages.findLast((report) => report.state === 'failed');
  const service = progress.find((candidate) => candidate.service === failure?.service);
  const message = sentence(failure?.message ?? '');
  const isNamed = failure?.service != null && message.includes(failure.service);
  const line = isNamed ? message : `${failure?.service ?? 'The deployment'} failed. ${message}`.trim();
  return composeMessage(line, 'danger', [
    strong(line),
    fields([
      ['Kind', failure?.code.replaceAll('_', ' ') ?? null],
      ['Stage', failedStage === undefined ? null : stageLabel(failedStage.stage)],
      ['Service says', service?.message ?? null],
    ]),
    failedStage === undefined || failedStage.lines.length === 0
      ? null
      : { type: 'code', text: failedStage.lines.join('\n'), title: 'Last lines' },
    text(`Next: ${failureAdvice(deployment)}`),
  ]);
}
