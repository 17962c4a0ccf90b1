import type { Message } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { DeploymentState } from '../domain/deployment-state.ts';
import { composeMessage, fields, header, strong } from './compose-message.ts';
import { tookMs } from './deployment-facts.ts';
import { duration, shortId, utcTime } from './wording.ts';

export type HistoryFacts = {
  readonly deployments: readonly Deployment[];
  readonly statistics: {
    readonly total: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly medianDurationMs: number | null;
  };
};

/** Who deployed what when, and how it ended; newest first. */
export function historyView(app: string, environment: string | null, { deployments, statistics }: HistoryFacts, now: number): Message {
  const title = `History of ${app}${environment === null ? '' : ` ${environment}`}`;
  const finished = statistics.succeeded + statistics.failed;
  const rate = finished === 0 ? null : `${Math.round((100 * statistics.succeeded) / finished)} % (${statistics.succeeded} of ${finished})`;
  return composeMessage(deployments.length === 0 ? `${title}: nothing yet` : title, 'neutral', [
    header(title),
    deployments.length === 0 ? strong(`Nothing was deployed yet. Start with /deploy ${app} ${environment ?? '<environment>'}.`) : null,
    fields([
      ['Success rate', rate],
      ['Median duration', statistics.medianDurationMs === null ? null : duration(statistics.medianDurationMs)],
      ['Deployments', deployments.length === 0 ? null : String(statistics.total)],
    ]),
    {
      type: 'table',
      columns: ['When (UTC)', 'Environment', 'Version', 'Result', 'Took', 'By', 'Id'],
      rows: deployments.map((deployment) => {
        const ms = tookMs(deployment);
        return [
          utcTime(deployment.requestedAt, now),
          deployment.environment,
          `${deployment.kind === 'rollback' ? '↩ ' : ''}${deployment.version}`,
          RESULTS[deployment.state],
          ms === null ? '–' : duration(ms),
          deployment.requester.name,
          shortId(deployment.id),
        ];
      }),
    },
  ]);
}

const RESULTS: Readonly<Record<DeploymentState, string>> = {
  requested: '⏳ requested',
  awaiting_approval: '⏳ awaits approval',
  queued: '⏳ queued',
  running: '🚢 running',
  succeeded: '✅ succeeded',
  failed: '❌ failed',
  errored: '🛑 errored',
  rolled_back: '↩️ taken back',
  cancelled: '⏹️ cancelled',
  rejected: '⛔ rejected',
  expired: '⌛ expired',
};
