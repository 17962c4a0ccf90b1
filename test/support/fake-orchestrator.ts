import { adaptStack } from '../../adapters/swarm/adapt-stack.ts';
import { isSameJson } from '../../src/domain/json.ts';
import type { EngineServiceSpec, ObservedObject, ObservedService, ObservedStack } from '../../src/domain/observed.ts';
import { isJob, type ServiceSpec } from '../../src/domain/service-spec.ts';
import type { NetworkSpec, StackSpec } from '../../src/domain/stack-spec.ts';
import { EngineRejectedError, EngineUnavailableError, FenceLostError } from '../../src/ports/faults.ts';
import type {
  EngineCapabilities,
  FileObjectContent,
  LogLine,
  OneOffResult,
  OneOffRun,
  Orchestrator,
  WriteGuard,
} from '../../src/ports/orchestrator.ts';
import { FakeService, type FakeServiceSpec } from './fake-service.ts';
import type { TaskBehaviour } from './fake-tasks.ts';

export type FakeOptions = {
  /** By the image that a task runs (pinned, or as written); healthy after a few milliseconds otherwise. */
  readonly behaviours?: Readonly<Record<string, TaskBehaviour>>;
  /** What a one-off run comes to; `'hangs'` ends with its deadline. Succeeds otherwise. */
  readonly runs?: (run: OneOffRun) => OneOffResult | 'hangs';
};

type FakeObject = ObservedObject & {
  readonly kind: 'network' | 'secret' | 'config';
  readonly stack: string;
  readonly network?: NetworkSpec;
};

const SUCCEEDED: OneOffResult = { outcome: 'succeeded', exitCode: 0, output: [] };

/**
 * An engine in memory behind the same port, held to the same contract as the real one: versions, fences, tasks that start,
 * crash or never become healthy. Real time, a few milliseconds a step. `isReachable = false` makes every call fail.
 */
export class FakeOrchestrator implements Orchestrator {
  isReachable = true;
  /** Every write that came through, in order: `apply web`, `claim web` … */
  readonly writes: string[] = [];
  readonly #options: FakeOptions;
  readonly #services = new Map<string, FakeService>();
  readonly #objects: FakeObject[] = [];
  readonly #watchers = new Set<{ readonly stack: string; readonly notify: () => void }>();
  #ids = 0;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
  }

  async capabilities(): Promise<EngineCapabilities> {
    await this.#reach();
    return { engine: 'fake', version: '1', apiVersion: '1.41', isManager: true, nodes: 1, virtualIps: true, jobs: true };
  }

  async observe(stack: string): Promise<ObservedStack> {
    await this.#reach();
    const services = this.#of(stack);
    const objects = (kind: FakeObject['kind']) =>
      this.#objects
        .filter((object) => object.kind === kind && object.stack === stack)
        .map(({ id, engineName, labels }) => ({ id, engineName, labels }));
    return {
      stack,
      services: services.map((service) => service.observed()),
      tasks: services.flatMap((service) => service.observedTasks()),
      networks: objects('network'),
      secrets: objects('secret'),
      configs: objects('config'),
    };
  }

  watch(stack: string, tickMs: number, onChange: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    let pending: NodeJS.Timeout | null = null;
    const notify = () => {
      pending ??= setTimeout(() => {
        pending = null;
        onChange();
      }, 1);
    };
    const tick = setInterval(onChange, tickMs);
    const watcher = { stack, notify };
    this.#watchers.add(watcher);
    signal.addEventListener('abort', () => {
      this.#watchers.delete(watcher);
      clearInterval(tick);
      if (pending !== null) clearTimeout(pending);
    });
  }

  async adapt(spec: StackSpec): Promise<{ spec: StackSpec; notes: readonly string[] }> {
    await this.#reach();
    return adaptStack(spec, { virtualIps: true });
  }

  async ensureNetworks(spec: StackSpec, guard: WriteGuard): Promise<void> {
    await this.#reach();
    for (const network of Object.values(spec.networks)) {
      const found = this.#objects.find((object) => object.kind === 'network' && object.engineName === network.engineName);
      if (found !== undefined && found.network !== undefined && !isSameJson(found.network, network)) {
        throw new EngineRejectedError(`The network "${network.engineName}" exists with other settings.`);
      }
      if (found !== undefined) continue;
      if (network.external) throw new EngineRejectedError(`The external network "${network.engineName}" does not exist.`);
      await guard.check();
      this.#create('network', spec.stack, network.engineName, network);
    }
  }

  async ensureFileObjects(spec: StackSpec, content: FileObjectContent, guard: WriteGuard): Promise<void> {
    await this.#reach();
    for (const kind of ['secret', 'config'] as const) {
      for (const [key, object] of Object.entries(kind === 'secret' ? spec.secrets : spec.configs)) {
        if (this.#objects.some((found) => found.kind === kind && found.engineName === object.engineName)) continue;
        if (object.external) throw new EngineRejectedError(`The external ${kind} "${object.engineName}" does not exist.`);
        await content(kind, key);
        await guard.check();
        this.#create(kind, spec.stack, object.engineName);
      }
    }
  }

  async apply(spec: StackSpec, service: ServiceSpec, guard: WriteGuard): Promise<ObservedService> {
    const canonical =
      adaptStack({ ...spec, services: { [service.name]: service } }, { virtualIps: true }).spec.services[service.name] ?? service;
    this.#requireObjects(canonical);
    const written = await this.#write(spec.stack, service.name, 'apply', guard, (found) => {
      if (found !== undefined) return found.update(canonical, guard.owner);
      return this.#createService(spec.stack, { spec: canonical, owner: guard.owner });
    });
    if (written === undefined) throw new EngineUnavailableError(`${service.name} vanished`);
    return written.observed();
  }

  async restore(stack: string, service: string, previous: EngineServiceSpec | null, guard: WriteGuard): Promise<void> {
    if (previous === null) return this.removeService(stack, service, guard);
    const spec = FakeService.recorded(previous);
    await this.#write(stack, service, 'restore', guard, (found) => {
      if (found === undefined) return this.#createService(stack, { spec, owner: guard.owner });
      if (isSameJson(found.spec, spec)) return found.claim(guard.owner);
      return found.update(spec, guard.owner);
    });
  }

  async claim(stack: string, services: readonly string[], guard: WriteGuard): Promise<void> {
    for (const service of services) {
      await this.#write(stack, service, 'claim', guard, (found) =>
        found === undefined || isJob(found.spec.mode) ? found : found.claim(guard.owner),
      );
    }
  }

  async removeService(stack: string, service: string, guard: WriteGuard): Promise<void> {
    await this.#write(stack, service, 'remove', guard, (found) => {
      found?.dispose();
      this.#services.delete(`${stack}_${service}`);
      return undefined;
    });
  }

  async removeObjects(
    stack: string,
    kind: 'network' | 'secret' | 'config',
    engineNames: readonly string[],
    guard: WriteGuard,
  ): Promise<readonly string[]> {
    await this.#reach();
    const used = new Set(this.#of(stack).flatMap(({ spec }) => namesIn(spec)));
    const meant = this.#objects.filter(
      (object) => object.kind === kind && object.stack === stack && engineNames.includes(object.engineName),
    );
    for (const object of meant.filter(({ engineName }) => !used.has(engineName))) {
      await guard.check();
      this.#objects.splice(this.#objects.indexOf(object), 1);
    }
    return meant.map(({ engineName }) => engineName).filter((name) => used.has(name));
  }

  async removeStack(stack: string): Promise<void> {
    await this.#reach();
    for (const service of this.#of(stack)) {
      service.dispose();
      this.#services.delete(`${stack}_${service.spec.name}`);
    }
    for (const object of this.#objects.filter((each) => each.stack === stack)) this.#objects.splice(this.#objects.indexOf(object), 1);
    this.#changed(stack);
  }

  async runOnce(spec: StackSpec, run: OneOffRun, guard: WriteGuard, signal: AbortSignal): Promise<OneOffResult> {
    await this.#reach();
    if (spec.services[run.service] === undefined) throw new EngineRejectedError(`${run.name} names an unknown service.`);
    await guard.check();
    this.writes.push(`run ${run.name}`);
    const result = this.#options.runs?.(run) ?? SUCCEEDED;
    if (result !== 'hangs') return result;
    const over = AbortSignal.any([signal, AbortSignal.timeout(run.timeoutMs)]);
    if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
    return { outcome: 'timed_out', exitCode: null, output: [] };
  }

  async logs(stack: string, options: { service: string | null; tail: number; sinceMs: number | null }): Promise<readonly LogLine[]> {
    await this.#reach();
    return this.#of(stack)
      .filter(({ spec }) => options.service === null || spec.name === options.service)
      .flatMap((service) => service.observedTasks())
      .map(
        (task): LogLine => ({
          service: task.service,
          task: task.id,
          stream: 'stdout',
          at: task.createdAt,
          text: `task ${task.id} of ${task.service}`,
        }),
      )
      .slice(-options.tail);
  }

  async stacks(): Promise<readonly { stack: string; services: number; ownedByShipmate: boolean }[]> {
    await this.#reach();
    const byStack = Map.groupBy(this.#services.values(), (service) => service.stack);
    return [...byStack].map(([stack, services]) => ({
      stack,
      services: services.length,
      ownedByShipmate: services.some((service) => service.owner !== null),
    }));
  }

  /** Ends every timer. */
  dispose(): void {
    for (const service of this.#services.values()) service.dispose();
  }

  async #write(
    stack: string,
    service: string,
    operation: string,
    guard: WriteGuard,
    change: (found: FakeService | undefined) => FakeService | undefined,
  ): Promise<FakeService | undefined> {
    while (true) {
      await this.#reach();
      const observed = this.#services.get(`${stack}_${service}`);
      const version = observed?.version;
      if (observed?.owner && observed.owner.fence > guard.owner.fence) {
        throw new FenceLostError(`${service} belongs to deployment ${observed.owner.deploymentId}.`);
      }
      await guard.check();
      const found = this.#services.get(`${stack}_${service}`);
      // The compare-and-swap: what was observed is still what is there.
      if (found !== observed || found?.version !== version) continue;
      const written = change(found);
      this.writes.push(`${operation} ${service}`);
      this.#changed(stack);
      return written;
    }
  }

  #createService(stack: string, spec: FakeServiceSpec): FakeService {
    const service = new FakeService(`service-${++this.#ids}`, stack, spec, {
      behaviourOf: (image) => this.#options.behaviours?.[image] ?? { kind: 'healthy', afterMs: 5 },
      onChange: () => this.#changed(stack),
    });
    this.#services.set(`${stack}_${spec.spec.name}`, service);
    return service;
  }

  #create(kind: FakeObject['kind'], stack: string, engineName: string, network?: NetworkSpec): void {
    this.#objects.push({
      id: `${kind}-${++this.#ids}`,
      kind,
      stack,
      engineName,
      labels: {},
      ...(network === undefined ? {} : { network }),
    });
  }

  #requireObjects(spec: ServiceSpec): void {
    const missing = namesIn(spec).find((name) => !this.#objects.some((object) => object.engineName === name));
    if (missing !== undefined) throw new EngineRejectedError(`"${missing}" does not exist on the engine.`);
  }

  #of(stack: string): readonly FakeService[] {
    return [...this.#services.values()].filter((service) => service.stack === stack);
  }

  #changed(stack: string): void {
    for (const watcher of this.#watchers) if (watcher.stack === stack) watcher.notify();
  }

  async #reach(): Promise<void> {
    await Promise.resolve();
    if (!this.isReachable) throw new EngineUnavailableError('The engine cannot be reached.');
  }
}

function namesIn(spec: ServiceSpec): readonly string[] {
  return [...spec.networks, ...spec.secrets, ...spec.configs].flatMap(({ engineName }) => engineName ?? []);
}
