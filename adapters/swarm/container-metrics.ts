import type { ContainerUsage } from '../../src/ports/container-usage.ts';
import { type EngineApi, isAtLeast } from './engine-api.ts';
import type { EngineService, Labels } from './engine-types.ts';
import { DEPLOYMENT_LABEL, ONE_OFF_LABEL, STACK_LABEL } from './labels.ts';

export type ContainerMetricsOptions = {
  readonly api: Pick<EngineApi, 'get' | 'version'>;
  /** Containers that are asked about at the same time. */
  readonly parallel?: number;
  /** A reading is over by then; containers that were not read are left out of it. */
  readonly deadlineMs?: number;
  /** Readings that come closer together than this are one. */
  readonly keepMs?: number;
};

type ListedContainer = { readonly Id: string; readonly Labels?: Labels | null };

/** The part of `GET /containers/{id}/stats` that counts; a container that is ending answers with members missing. */
type Stats = {
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: { readonly usage?: number; readonly limit?: number; readonly stats?: Readonly<Record<string, number>> };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>> | null;
};

/** One-shot readings came with API 1.41; older engines take a second for each, to compare two. */
const ONE_SHOT_API_VERSION = '1.41';

/**
 * What the containers of Shipmate's stacks use on this engine's own node. Containers on other nodes are not to be had from
 * it: the engine's API tells about its own only. Rejects when the engine does not answer.
 */
export class ContainerMetrics {
  readonly #options: Required<ContainerMetricsOptions>;
  #kept: { readonly at: number; readonly reading: Promise<readonly ContainerUsage[]> } | null = null;

  constructor({ api, parallel = 8, deadlineMs = 2_000, keepMs = 5_000 }: ContainerMetricsOptions) {
    this.#options = { api, parallel, deadlineMs, keepMs };
  }

  read(): Promise<readonly ContainerUsage[]> {
    const now = performance.now();
    if (this.#kept === null || now - this.#kept.at > this.#options.keepMs) this.#kept = { at: now, reading: this.#readAll(now) };
    return this.#kept.reading;
  }

  async #readAll(startedAt: number): Promise<readonly ContainerUsage[]> {
    const { api, parallel, deadlineMs } = this.#options;
    const leftMs = (): number => Math.round(startedAt + deadlineMs - performance.now());
    const { ApiVersion } = await api.version();
    const query = (label: string) => ({ query: { filters: { label: [label] } }, timeoutMs: Math.max(1, leftMs()) });
    const [services, containers] = await Promise.all([
      // Whose a service is stands in its own labels; its containers do not carry them.
      api.get<readonly EngineService[]>('/services', query(DEPLOYMENT_LABEL)),
      api.get<readonly ListedContainer[]>('/containers/json', query(STACK_LABEL)),
    ]);
    const ours = new Set(services.filter(({ Spec }) => Spec.Labels?.[ONE_OFF_LABEL] === undefined).map(({ ID }) => ID));
    const waiting = containers.filter(({ Labels: labels }) => ours.has(labels?.['com.docker.swarm.service.id'] ?? ''));
    const usages: ContainerUsage[] = [];
    const shot = isAtLeast(ApiVersion, ONE_SHOT_API_VERSION) ? { 'one-shot': true } : {};
    const readOn = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (leftMs() <= 0) return;
        const usage = await this.#readOne(next, { stream: false, ...shot }, leftMs());
        if (usage !== null) usages.push(usage);
      }
    };
    await Promise.all(Array.from({ length: parallel }, readOn));
    return usages;
  }

  /** Null for one that ended meanwhile or does not answer in time: the others still count. */
  async #readOne(
    { Id, Labels: labels }: ListedContainer,
    query: Readonly<Record<string, boolean>>,
    timeoutMs: number,
  ): Promise<ContainerUsage | null> {
    try {
      return toUsage(labels ?? {}, await this.#options.api.get<Stats>(`/containers/${Id}/stats`, { query, timeoutMs }));
    } catch {
      return null;
    }
  }
}

function toUsage(labels: Labels, stats: Stats): ContainerUsage | null {
  const cpu = stats.cpu_stats?.cpu_usage?.total_usage;
  const memory = stats.memory_stats;
  if (cpu === undefined || memory?.usage === undefined) return null;
  const stack = labels[STACK_LABEL] ?? '';
  const fullName = labels['com.docker.swarm.service.name'] ?? '';
  const task = labels['com.docker.swarm.task.id'] ?? '';
  // `<service>.<slot or node>.<task>`, and names may have dots of their own.
  const taskName = labels['com.docker.swarm.task.name'] ?? '';
  const interfaces = Object.values(stats.networks ?? {});
  return {
    stack,
    service: fullName.startsWith(`${stack}_`) ? fullName.slice(stack.length + 1) : fullName,
    slot: taskName.slice(fullName.length + 1, -(task.length + 1)),
    task,
    cpuSeconds: cpu / 1e9,
    // docker/cli, cli/command/container/stats_helpers.go: cgroup v1 says total_inactive_file, v2 inactive_file.
    memoryBytes: memory.usage - Math.min(memory.usage, memory.stats?.['total_inactive_file'] ?? memory.stats?.['inactive_file'] ?? 0),
    memoryLimitBytes: memory.limit ?? 0,
    networkReceiveBytes: interfaces.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
    networkTransmitBytes: interfaces.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
  };
}
