import type Docker from 'dockerode';
import type { EngineServiceSpec, ObservedService, ObservedStack } from '../../src/domain/observed.ts';
import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type {
  EngineCapabilities,
  FileObjectContent,
  LogLine,
  OneOffResult,
  OneOffRun,
  Orchestrator,
  WriteGuard,
} from '../../src/ports/orchestrator.ts';
import { adaptStack } from './adapt-stack.ts';
import { applyService, claimService, removeService, restoreService } from './change-service.ts';
import { EngineApi } from './engine-api.ts';
import { probeCapabilities } from './engine-capabilities.ts';
import { withFaults } from './engine-errors.ts';
import type { EngineService } from './engine-types.ts';
import { EventFeed } from './event-feed.ts';
import { ONE_OFF_LABEL, ownerOf, STACK_LABEL } from './labels.ts';
import { observeStack } from './observe-stack.ts';
import { removeStack } from './remove-stack.ts';
import { runOnce } from './run-once.ts';
import { stackLogs } from './service-logs.ts';
import { ensureFileObjects, ensureNetworks, refuseVolumesOfOthers, removeObjects } from './stack-objects.ts';
import { watchStack } from './watch-stack.ts';

export type SwarmOptions = {
  readonly docker: Docker;
  readonly logger: Logger;
  /** New overlay networks encrypt their traffic between nodes. Existing ones stay as they are. */
  readonly encryptNetworks: boolean;
  /** Whether virtual IPs answer; probed when absent. */
  readonly virtualIps?: boolean;
  /** Deadline of one request. */
  readonly timeoutMs?: number;
};

/** Docker Swarm behind {@link Orchestrator}. Each method's work stands in a file of its own. */
export class SwarmOrchestrator implements Orchestrator {
  readonly #api: EngineApi;
  readonly #feed: EventFeed;
  readonly #options: SwarmOptions;
  #capabilities: Promise<EngineCapabilities> | null = null;

  constructor(options: SwarmOptions) {
    this.#options = options;
    this.#api = new EngineApi(options.docker, options.timeoutMs);
    this.#feed = new EventFeed(this.#api, options.logger);
  }

  capabilities(): Promise<EngineCapabilities> {
    this.#capabilities ??= withFaults(() => probeCapabilities(this.#api, this.#options.virtualIps)).catch((error: unknown) => {
      this.#capabilities = null;
      throw error;
    });
    return this.#capabilities;
  }

  observe(stack: string, { objects } = { objects: true }): Promise<ObservedStack> {
    return withFaults(() => observeStack(this.#api, stack, objects));
  }

  watch(stack: string, tickMs: number, onChange: () => void, signal: AbortSignal): void {
    watchStack(this.#feed, stack, tickMs, onChange, signal);
  }

  async adapt(spec: StackSpec): Promise<{ spec: StackSpec; notes: readonly string[] }> {
    return adaptStack(spec, await this.capabilities());
  }

  ensureNetworks(spec: StackSpec, guard: WriteGuard): Promise<void> {
    return withFaults(async () => {
      await refuseVolumesOfOthers(this.#api, spec);
      await ensureNetworks(this.#api, spec, guard, this.#options.encryptNetworks);
    });
  }

  ensureFileObjects(spec: StackSpec, content: FileObjectContent, guard: WriteGuard): Promise<void> {
    return withFaults(() => ensureFileObjects(this.#api, spec, content, guard));
  }

  apply(spec: StackSpec, service: ServiceSpec, guard: WriteGuard): Promise<ObservedService> {
    return withFaults(() => applyService(this.#api, spec, service, guard));
  }

  restore(stack: string, service: string, previous: EngineServiceSpec | null, guard: WriteGuard): Promise<void> {
    return withFaults(() => restoreService(this.#api, stack, service, previous, guard));
  }

  async claim(stack: string, services: readonly string[], guard: WriteGuard): Promise<void> {
    await withFaults(() => Promise.all(services.map((service) => claimService(this.#api, stack, service, guard))));
  }

  removeService(stack: string, service: string, guard: WriteGuard): Promise<void> {
    return withFaults(() => removeService(this.#api, stack, service, guard));
  }

  removeObjects(
    stack: string,
    kind: 'network' | 'secret' | 'config',
    engineNames: readonly string[],
    guard: WriteGuard,
  ): Promise<readonly string[]> {
    return withFaults(() => removeObjects(this.#api, stack, kind, engineNames, () => guard.check()));
  }

  removeStack(stack: string, options: { volumes: boolean }): Promise<void> {
    return withFaults(() => removeStack(this.#api, stack, options));
  }

  runOnce(spec: StackSpec, run: OneOffRun, guard: WriteGuard, signal: AbortSignal): Promise<OneOffResult> {
    return withFaults(() => runOnce(this.#api, this.#feed, spec, run, guard, signal));
  }

  logs(stack: string, options: { service: string | null; tail: number; sinceMs: number | null }): Promise<readonly LogLine[]> {
    return withFaults(() => stackLogs(this.#api, stack, options));
  }

  async stacks(): Promise<readonly { stack: string; services: number; ownedByShipmate: boolean }[]> {
    const services = await withFaults(() =>
      this.#api.get<readonly EngineService[]>('/services', { query: { filters: { label: [STACK_LABEL] } } }),
    );
    const own = services.filter(({ Spec }) => Spec.Labels?.[ONE_OFF_LABEL] === undefined);
    const byStack = Map.groupBy(own, ({ Spec }) => Spec.Labels?.[STACK_LABEL] ?? '');
    return [...byStack]
      .map(([stack, members]) => ({
        stack,
        services: members.length,
        ownedByShipmate: members.some(({ Spec }) => ownerOf(Spec.Labels) !== null),
      }))
      .sort((a, b) => (a.stack < b.stack ? -1 : 1));
  }
}
