import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start-embedded-postgres.ts';
import { createLogger } from '../adapters/pino/create-logger.ts';
import type { LoadRequest, LoadResult } from './support/ack-load.ts';
import { type BenchRun, CannotMeasure, runBench, say } from './support/run-bench.ts';
import { median, percentile, ratio } from './support/statistics.ts';

/**
 * How long Slack waits for the acknowledgement of a signed slash command: through the server, the signature, Bolt and the row in Postgres that
 * keeps it, with the command itself worked on meanwhile; beside a bare Bolt app that only acknowledges, under the same load. Open loop: 200 commands a
 * second arrive whatever happens. Closed loop: 100 at a time. Each in a process of its own, and one of the two at a time.
 */
const OPEN = { perSecond: 200, seconds: 6 } as const;
const CLOSED = { inFlight: 100, seconds: 4 } as const;
const WARM_UP_SECONDS = 3;
const ANSWERED_WITHIN_MS = 120_000;

type Sample = { openP50Ms: number; openP99Ms: number; closedP50Ms: number; closedP99Ms: number; closedPerSecond: number };

await runBench('ack', 3, async (run) => {
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-bench-'));
  run.undo('the temporary folder', () => rmSync(folder, { recursive: true, force: true }));
  const logger = createLogger({ level: 'error', pretty: false, destination: process.stderr });
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), logger });
  run.undo('Postgres', () => postgres.stop());

  const load = child(run, new URL('./support/ack-load.ts', import.meta.url));
  const shipmate = await server(run, new URL('./support/ack-shipmate.ts', import.meta.url), postgres.url);
  const bare = await server(run, new URL('./support/ack-bare.ts', import.meta.url));
  let sent = 0;
  const ask = async (asked: LoadRequest): Promise<LoadResult> => {
    const result = await answerOf<LoadResult>(load, () => load.send(asked));
    if (result.failures > 0)
      throw new CannotMeasure(`${result.failures} of ${result.latencies.length + result.failures} commands were not acknowledged`);
    if (asked.url === shipmate) {
      sent += result.latencies.length;
      await allAnswered(postgres.url, sent);
    }
    return result;
  };
  for (const url of [shipmate, bare]) {
    await ask({ kind: 'open', url, perSecond: OPEN.perSecond, seconds: WARM_UP_SECONDS });
    await ask({ kind: 'closed', url, inFlight: CLOSED.inFlight, seconds: WARM_UP_SECONDS });
  }

  const samples: { shipmate: Sample[]; bare: Sample[] } = { shipmate: [], bare: [] };
  for (let round = 1; round <= run.rounds; round++) {
    samples.shipmate.push(await measure(ask, shipmate));
    samples.bare.push(await measure(ask, bare));
    say(`round ${round}: ${JSON.stringify({ shipmate: samples.shipmate.at(-1), bare: samples.bare.at(-1) })}`);
  }
  say(`${sent} commands, each kept once and answered`);
  const figures = middle(samples.shipmate);
  const baseline = middle(samples.bare);
  return {
    figures,
    baseline,
    ratios: { openP99: ratio(figures.openP99Ms, baseline.openP99Ms), closedP99: ratio(figures.closedP99Ms, baseline.closedP99Ms) },
  };
});

async function measure(ask: (asked: LoadRequest) => Promise<LoadResult>, url: string): Promise<Sample> {
  const open = await ask({ kind: 'open', url, ...OPEN });
  const closed = await ask({ kind: 'closed', url, ...CLOSED });
  return {
    openP50Ms: percentile(open.latencies, 0.5),
    openP99Ms: percentile(open.latencies, 0.99),
    closedP50Ms: percentile(closed.latencies, 0.5),
    closedP99Ms: percentile(closed.latencies, 0.99),
    closedPerSecond: Math.round(closed.latencies.length / closed.seconds),
  };
}

function middle(samples: readonly Sample[]): Sample {
  const of = (key: keyof Sample) => median(samples.map((sample) => sample[key]));
  return {
    openP50Ms: of('openP50Ms'),
    openP99Ms: of('openP99Ms'),
    closedP50Ms: of('closedP50Ms'),
    closedP99Ms: of('closedP99Ms'),
    closedPerSecond: of('closedPerSecond'),
  };
}

/** Nothing of one load is left when the next begins; and each command stands there exactly once. */
async function allAnswered(url: string, sent: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const endsAt = Date.now() + ANSWERED_WITHIN_MS; ; ) {
      const { rows } = await client.query<{ kept: number; open: number }>(
        'SELECT count(*)::int AS kept, (count(*) FILTER (WHERE answered_at IS NULL))::int AS open FROM intake',
      );
      const { kept = 0, open = 0 } = rows[0] ?? {};
      if (kept !== sent) throw new CannotMeasure(`${sent} commands were acknowledged and ${kept} are kept`);
      if (open === 0) return;
      if (Date.now() > endsAt) throw new CannotMeasure(`${open} commands were kept and not answered`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await client.end();
  }
}

function child(run: BenchRun, file: URL, ...args: string[]): ChildProcess {
  const started = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  run.undo(file.pathname, () => {
    started.kill();
  });
  return started;
}

async function server(run: BenchRun, file: URL, ...args: string[]): Promise<string> {
  const started = child(run, file, ...args);
  return (await answerOf<{ url: string }>(started)).url;
}

function answerOf<Answer>(from: ChildProcess, ask: () => void = () => {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new CannotMeasure('a process of the measurement ended'));
    from.once('exit', ended);
    from.once('message', (answer) => {
      from.off('exit', ended);
      // What a process of ours sends is what its file says.
      resolve(answer as Answer);
    });
    ask();
  });
}
