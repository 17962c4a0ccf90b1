import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { StageReport } from '../domain/deployment.ts';
import type { Stage } from '../domain/deployment-state.ts';
import { Fault } from '../ports/faults.ts';
import type { DeploymentRun } from './deployment-run.ts';

/** What a stage says while it works: short lines for the deployment's thread. */
export type Report = { line(text: string): void };

export type StageOptions = { readonly attempts: number; readonly timeoutMs: number | null };

/**
 * One stage: recorded as running, tried again with backoff on faults that time may mend, recorded with its report. A
 * stage that a former worker finished is not run again.
 */
export async function runStage(
  run: DeploymentRun,
  stage: Stage,
  options: StageOptions,
  work: (report: Report, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { clock, database, metrics } = run.parts;
  const id = run.deployment.id;
  const reports = await run.patiently(() => database.stores.deployments.stagesOf(id));
  const earlier = reports.findLast((report) => report.stage === stage);
  if (earlier?.state === 'succeeded') return;

  const startedAt = earlier?.startedAt ?? clock.now();
  const lines: string[] = [];
  let attempt = earlier?.attempt ?? 0;
  const save = (state: StageReport['state']): Promise<void> =>
    run.record(async (stores) => {
      const finishedAt = state === 'running' ? null : clock.now();
      const saved = await stores.deployments.saveStage(
        id,
        { stage, state, attempt, startedAt, finishedAt, lines: [...lines] },
        run.lease.fence,
      );
      return saved && (await stores.deployments.update(id, { stage }, run.lease.fence));
    });

  const policy = retry(
    handleWhen((error) => error instanceof Fault && error.isTransient),
    { maxAttempts: options.attempts - 1, backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 5000 }) },
  );
  try {
    await policy.execute(async () => {
      attempt += 1;
      lines.length = 0;
      await save('running');
      // Waiting is no attempt: an engine that is away for long does not fail the release.
      await run.untilEngineAnswers();
      const limit = options.timeoutMs === null ? run.signal : AbortSignal.any([run.signal, AbortSignal.timeout(options.timeoutMs)]);
      try {
        await within(limit, stage, options.timeoutMs, work({ line: (text) => void lines.push(text) }, limit));
      } catch (error) {
        run.noticeOutage(error);
        throw error;
      }
    }, run.signal);
  } catch (error) {
    run.log.warn({ stage, attempt, error }, 'stage failed');
    if (!run.signal.aborted) await save('failed');
    metrics.stageFinished({ stage, state: 'failed' }, clock.now() - startedAt);
    throw error;
  }
  await save('succeeded');
  metrics.stageFinished({ stage, state: 'succeeded' }, clock.now() - startedAt);
}

class StageTimeoutError extends Fault {
  readonly code = 'stage_timeout';
  readonly isTransient = true;
}

/** A stage that takes too long is tried again like one that met an outage; its own requests have deadlines of their own. */
async function within(limit: AbortSignal, stage: Stage, timeoutMs: number | null, work: Promise<void>): Promise<void> {
  if (timeoutMs === null) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const expire = (): void => reject(new StageTimeoutError(`The stage ${stage} took longer than ${timeoutMs / 1000} s.`));
  limit.addEventListener('abort', expire, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    limit.removeEventListener('abort', expire);
  }
}
