import { Fault } from '../../src/ports/faults.ts';
import type { Logger } from '../../src/ports/logger.ts';

/** One dependency: `check` resolves when it works and throws when it does not. */
export type ReadinessCheck = {
  readonly name: string;
  readonly check: () => Promise<void>;
  /** A broken dependency that is not required is shown but keeps the process ready. Default true. */
  readonly required?: boolean;
};

export type ReadinessReport = {
  readonly status: 'ready' | 'not_ready';
  readonly checks: readonly {
    readonly name: string;
    readonly state: 'ok' | 'broken';
    readonly required: boolean;
    /** The fault's code; its text stays in the log, because it can name hosts and accounts. */
    readonly reason: string | null;
    readonly durationMs: number;
  }[];
};

const CHECK_TIMEOUT_MS = 2_000;
const REMEMBERED_MS = 500;

/** Asks every dependency at once. Answers are remembered for half a second, so that probes cannot load the dependencies. */
export function createReadiness(checks: readonly ReadinessCheck[], logger: Logger): () => Promise<ReadinessReport> {
  let remembered: { at: number; report: Promise<ReadinessReport> } | null = null;
  return () => {
    const now = Date.now();
    if (remembered === null || now - remembered.at > REMEMBERED_MS) remembered = { at: now, report: askAll(checks, logger) };
    return remembered.report;
  };
}

async function askAll(checks: readonly ReadinessCheck[], logger: Logger): Promise<ReadinessReport> {
  const asked = await Promise.all(checks.map((check) => ask(check, logger)));
  const isReady = asked.every((check) => check.state === 'ok' || !check.required);
  return { status: isReady ? 'ready' : 'not_ready', checks: asked };
}

async function ask(check: ReadinessCheck, logger: Logger): Promise<ReadinessReport['checks'][number]> {
  const startedAt = performance.now();
  const required = check.required ?? true;
  const done = (state: 'ok' | 'broken', reason: string | null) => ({
    name: check.name,
    state,
    required,
    reason,
    durationMs: Math.round(performance.now() - startedAt),
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const deadline = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), CHECK_TIMEOUT_MS);
    });
    const outcome = await Promise.race([check.check(), deadline]);
    return outcome === 'late' ? done('broken', 'timeout') : done('ok', null);
  } catch (error) {
    logger.warn({ dependency: check.name, err: error }, 'dependency is not ready');
    return done('broken', error instanceof Fault ? error.code : 'unavailable');
  } finally {
    clearTimeout(timer);
  }
}
