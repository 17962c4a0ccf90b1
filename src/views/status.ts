import type { Element, Message, Tone } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Closure } from '../domain/environment-gate.ts';
import type { Revision } from '../domain/release.ts';
import { closureElements, closureWord } from './closure.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { deploymentTitle } from './deployment-title.ts';
import { count, names, shortId, shortImage, utcTime } from './wording.ts';

export type StatusFacts = {
  readonly app: string;
  readonly environment: string;
  readonly current: Revision | null;
  /** Null when the engine could not be asked. */
  readonly services:
    | readonly {
        readonly service: string;
        readonly image: string;
        readonly desired: number;
        readonly running: number;
        readonly health: 'healthy' | 'starting' | 'degraded' | 'down' | 'complete';
        readonly lastError: string | null;
      }[]
    | null;
  readonly open: readonly Deployment[];
  readonly closure: Closure | null;
  readonly lastFinished: Deployment | null;
  readonly drift: readonly string[];
};

/** One app: each environment with its services, what is under way, and what differs from what should run. */
export function statusView(app: string, environments: readonly StatusFacts[], now: number): Message {
  const first = environments[0];
  const title = environments.length === 1 && first !== undefined ? `${app} ${first.environment}` : app;
  const summary = environments.map((facts) => verdict(facts)).join(' ') || `${app} has no environment that you may see.`;
  return composeMessage(`${title}: ${summary}`, worst(environments), [
    header(title),
    ...environments.flatMap((facts, index) => [index === 0 ? null : DIVIDER, ...environmentElements(facts, now)]),
    environments.length === 0 ? text(summary) : null,
  ]);
}

/** Every environment of every app on one line each. */
export function statusOverview(all: readonly StatusFacts[], now: number): Message {
  const troubled = all.filter((facts) => ['danger', 'warning'].includes(toneOf(facts))).map((facts) => `${facts.app} ${facts.environment}`);
  const line =
    all.length === 0
      ? 'There is nothing that you may see. /apps lists your apps.'
      : troubled.length === 0
        ? `All well: ${count(all.length, 'environment')}.`
        : `Look at ${names(troubled)}.`;
  return composeMessage(line, worst(all), [
    header('Status'),
    strong(line),
    {
      type: 'table',
      columns: ['App', 'Environment', 'Runs', 'Services', 'Since (UTC)', 'Under way'],
      rows: all.map((facts) => [
        facts.app,
        facts.environment,
        facts.current?.version ?? '–',
        health(facts),
        facts.current === null ? '–' : utcTime(facts.current.activeFrom, now),
        [...(facts.closure === null ? [] : [closureWord(facts.closure)]), ...facts.open.map((deployment) => deployment.version)].join(
          ', ',
        ) || '–',
      ]),
    },
  ]);
}

const DIVIDER: Element = { type: 'divider' };
const MARKS = { healthy: '✅', starting: '⏳', degraded: '⚠️', down: '❌', complete: '✔️' } as const;

function environmentElements(facts: StatusFacts, now: number): readonly (Element | null)[] {
  const { current, services, open, closure, lastFinished, drift } = facts;
  const failed = lastFinished !== null && ['failed', 'errored', 'rolled_back'].includes(lastFinished.state) ? lastFinished : null;
  return [
    strong(verdict(facts)),
    ...(closure === null ? [] : closureElements(closure)),
    ...drift.map((difference) => text(`⚠️ Differs from revision ${current?.number ?? '–'}: ${difference}`)),
    services === null
      ? null
      : {
          type: 'table',
          columns: ['Service', 'Running', 'Health', 'Image'],
          rows: services.map((service) => [
            service.service,
            `${service.running}/${service.desired}`,
            `${MARKS[service.health]} ${service.health}`,
            shortImage(service.image),
          ]),
        },
    // The engine keeps the errors of tasks that were replaced long ago; a healthy service's are history.
    ...troubled(facts).flatMap((service) => (service.lastError === null ? [] : [text(`${service.service}: ${service.lastError}`)])),
    ...open.map((deployment) =>
      text(`🚢 ${deploymentTitle(deployment)}: ${deployment.state.replaceAll('_', ' ')}, by ${deployment.requester.name}`),
    ),
    failed === null
      ? null
      : text(
          `Last attempt: ${failed.version} ${failed.state.replaceAll('_', ' ')}${failed.failure === null ? '' : `: ${failed.failure.message}`} (${shortId(failed.id)})`,
        ),
    current === null ? null : quiet(`revision ${current.number}, since ${utcTime(current.activeFrom, now)} UTC`),
  ];
}

/** `staging runs 1.1.0: all 3 services healthy.` */
function verdict(facts: StatusFacts): string {
  const { environment, app, current, services } = facts;
  if (current === null && facts.open.some(({ state }) => state === 'running'))
    return `The first deployment of ${app} to ${environment} is under way.`;
  if (current === null && (services === null || services.length === 0)) return `${environment} does not run ${app}.`;
  const runs =
    current === null ? `${environment} runs ${app}, but not from a deployment of ours` : `${environment} runs ${current.version}`;
  if (services === null) return `${runs} according to our records; the engine does not answer (/doctor).`;
  const bad = troubled(facts);
  if (bad.length > 0) return `${runs}, but look at ${names(bad.map((service) => `${service.service} (${service.health})`))}.`;
  if (facts.drift.length > 0) return `${runs}; the engine shows something else.`;
  return services.length === 0
    ? `${runs}, but the engine shows none of its services.`
    : `${runs}: ${services.length} of ${count(services.length, 'service')} healthy.`;
}

function troubled({ services }: StatusFacts): NonNullable<StatusFacts['services']> {
  return (services ?? []).filter((service) => service.health !== 'healthy' && service.health !== 'complete');
}

function health(facts: StatusFacts): string {
  if (facts.services === null) return 'engine does not answer';
  if (facts.services.length === 0) return '–';
  const good = facts.services.filter((service) => service.health === 'healthy' || service.health === 'complete').length;
  return `${good === facts.services.length ? '✅' : '⚠️'} ${good}/${facts.services.length} healthy`;
}

function toneOf(facts: StatusFacts): Tone {
  const { services, current, drift } = facts;
  if (services === null) return 'warning';
  if (current === null && services.length === 0) return 'neutral';
  if (services.some((service) => service.health === 'down')) return 'danger';
  if (current !== null && services.length === 0) return 'danger';
  if (drift.length > 0 || services.some((service) => service.health === 'degraded')) return 'warning';
  return services.some((service) => service.health === 'starting') ? 'progress' : 'success';
}

const ORDER: readonly Tone[] = ['danger', 'warning', 'progress', 'success'];

function worst(all: readonly StatusFacts[]): Tone {
  return ORDER.find((tone) => all.some((facts) => toneOf(facts) === tone)) ?? 'neutral';
}
