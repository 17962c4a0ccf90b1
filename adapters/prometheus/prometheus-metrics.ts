import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ContainerUsage } from '../../src/ports/container-usage.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { DeliveryMetrics, Metrics } from '../../src/ports/metrics.ts';
import { registerContainerSeries } from './container-series.ts';

/** What is asked for at each scrape. One that fails leaves its gauge out of that scrape. */
export type Collectors = {
  /** Open deployments by state. */
  readonly openDeployments?: () => Promise<Readonly<Record<string, number>>>;
  readonly queue?: () => Promise<{ waiting: number; active: number; failed: number }>;
  readonly containers?: () => Promise<readonly ContainerUsage[]>;
};

/** A scrape must be over before Prometheus gives up (10 s by default), also when a dependency hangs. */
const COLLECT_MS = 3_000;

/** Durations are exported in seconds, as Prometheus has it; the port takes milliseconds. */
export class PrometheusMetrics implements Metrics, DeliveryMetrics {
  readonly #registry = new Registry();
  readonly #deployments: Histogram<'app' | 'environment' | 'kind' | 'state'>;
  readonly #stages: Histogram<'stage' | 'state'>;
  readonly #approvals: Histogram<'app' | 'environment' | 'outcome'>;
  readonly #commands: Histogram<'platform' | 'command' | 'result'>;
  readonly #engineWrites: Counter<'operation' | 'result'>;
  readonly #leasesLost: Counter;
  readonly #cardLag: Histogram;
  readonly #attempts: Histogram<'platform' | 'operation' | 'result'>;
  readonly #shown: Histogram<'platform' | 'urgency'>;
  readonly #pending: Gauge<'platform'>;
  readonly #accepted: Histogram<'platform' | 'result'>;

  constructor(collectors: Collectors, logger: Logger) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#deployments = new Histogram({
      name: 'shipmate_deployment_duration_seconds',
      help: 'Duration of finished deployments, from start to end',
      labelNames: ['app', 'environment', 'kind', 'state'],
      buckets: [1, 2.5, 5, 10, 20, 30, 60, 120, 180, 300, 600, 1_800],
      registers,
    });
    this.#stages = new Histogram({
      name: 'shipmate_stage_duration_seconds',
      help: 'Duration of the stages of deployments',
      labelNames: ['stage', 'state'],
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
      registers,
    });
    this.#approvals = new Histogram({
      name: 'shipmate_approval_wait_seconds',
      help: 'Time from a request for approval to its end, by how it ended',
      labelNames: ['app', 'environment', 'outcome'],
      buckets: [10, 30, 60, 300, 900, 1_800, 3_600, 14_400, 43_200, 86_400],
      registers,
    });
    this.#commands = new Histogram({
      name: 'shipmate_command_duration_seconds',
      help: 'Time from a delivered command or click to its answer',
      labelNames: ['platform', 'command', 'result'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5],
      registers,
    });
    this.#engineWrites = new Counter({
      name: 'shipmate_engine_writes_total',
      help: 'Writes to the engine',
      labelNames: ['operation', 'result'],
      registers,
    });
    this.#leasesLost = new Counter({
      name: 'shipmate_leases_lost_total',
      help: 'Times that a worker lost the right to write to an environment',
      registers,
    });
    this.#cardLag = new Histogram({
      name: 'shipmate_card_lag_seconds',
      help: 'Time from a change to the card that shows it',
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.#attempts = new Histogram({
      name: 'shipmate_message_attempt_seconds',
      help: 'Requests to chat platforms that post, edit or look for a message',
      labelNames: ['platform', 'operation', 'result'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#shown = new Histogram({
      name: 'shipmate_message_lag_seconds',
      help: 'Time from a change of a message to the moment its platform shows it',
      labelNames: ['platform', 'urgency'],
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
      registers,
    });
    this.#pending = new Gauge({
      name: 'shipmate_messages_pending',
      help: 'Messages that do not stand on their platform as they should',
      labelNames: ['platform'],
      registers,
    });
    this.#accepted = new Histogram({
      name: 'shipmate_delivery_accept_seconds',
      help: 'Time until a command or click from a chat platform is kept and can be acknowledged',
      labelNames: ['platform', 'result'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
      registers,
    });
    const { openDeployments, queue, containers } = collectors;
    if (openDeployments !== undefined) {
      this.#gauge('shipmate_open_deployments', 'Open deployments by state', 'state', openDeployments, logger);
    }
    if (queue !== undefined) this.#gauge('shipmate_queue_jobs', 'Jobs in the queue by state', 'state', queue, logger);
    if (containers !== undefined) registerContainerSeries(this.#registry, () => readContainers(containers, logger));
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The exposition, for `/metrics`. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  deploymentFinished(labels: { app: string; environment: string; kind: string; state: string }, durationMs: number): void {
    this.#deployments.observe(labels, durationMs / 1_000);
  }

  stageFinished(labels: { stage: string; state: string }, durationMs: number): void {
    this.#stages.observe(labels, durationMs / 1_000);
  }

  approvalEnded(labels: { app: string; environment: string; outcome: string }, waitedMs: number): void {
    this.#approvals.observe(labels, waitedMs / 1_000);
  }

  commandHandled(labels: { platform: string; command: string; result: string }, durationMs: number): void {
    this.#commands.observe(labels, durationMs / 1_000);
  }

  engineWrite(labels: { operation: string; result: string }): void {
    this.#engineWrites.inc(labels);
  }

  leaseLost(): void {
    this.#leasesLost.inc();
  }

  cardProjected(lagMs: number): void {
    this.#cardLag.observe(lagMs / 1_000);
  }

  messageAttempted(labels: { platform: string; operation: string; result: string }, durationMs: number): void {
    this.#attempts.observe(labels, durationMs / 1_000);
  }

  messageShown(labels: { platform: string; urgency: string }, lagMs: number): void {
    this.#shown.observe(labels, lagMs / 1_000);
  }

  messagesPending(platform: string, count: number): void {
    this.#pending.set({ platform }, count);
  }

  deliveryAccepted(labels: { platform: string; result: string }, durationMs: number): void {
    this.#accepted.observe(labels, durationMs / 1_000);
  }

  #gauge(name: string, help: string, label: string, read: () => Promise<Readonly<Record<string, number>>>, logger: Logger): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      async collect() {
        this.reset();
        try {
          const counts = await within(COLLECT_MS, read());
          for (const [key, count] of Object.entries(counts)) this.set({ [label]: key }, count);
        } catch (error) {
          logger.warn({ err: error, metric: name }, 'a metric could not be collected');
        }
      },
    });
  }
}

async function readContainers(read: () => Promise<readonly ContainerUsage[]>, logger: Logger): Promise<readonly ContainerUsage[]> {
  try {
    return await within(COLLECT_MS, read());
  } catch (error) {
    logger.warn({ err: error }, 'the containers could not be read');
    return [];
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
