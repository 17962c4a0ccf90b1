import type { EngineServiceSpec, ObservedService, ObservedStack, WriteOwner } from '../domain/observed.ts';
import type { ServiceSpec } from '../domain/service-spec.ts';
import type { StackSpec } from '../domain/stack-spec.ts';

/**
 * The engine that runs stacks. Every write names its owner (deployment and fence), which the engine keeps as labels, and
 * goes through the engine's version compare-and-swap: a write based on an outdated observation is observed again, its
 * fence checked again, and retried a bounded number of times.
 *
 * Failures: {@link EngineUnavailableError} (cannot be reached; retry later), {@link FenceLostError} (a newer owner wrote;
 * stop at once and write nothing more), {@link EngineRejectedError} (the engine says the request itself is wrong).
 */
export interface Orchestrator {
  /** What this engine can do, probed at start and kept; throws {@link EngineUnavailableError} when there is none. */
  capabilities(): Promise<EngineCapabilities>;

  /**
   * Services, tasks and objects of one stack, in as few requests as the engine allows. `objects: false` leaves networks,
   * secrets and configs out (empty lists): a rollout asks on every event and tick.
   */
  observe(stack: string, options?: { objects: boolean }): Promise<ObservedStack>;

  /**
   * Calls `onChange` soon after anything in the stack changed on the engine, and `onChange` at least every `tickMs`
   * because engines do not report everything. Coalesces; never calls it twice at once. Reconnects by itself. Ends with `signal`.
   */
  watch(stack: string, tickMs: number, onChange: () => void, signal: AbortSignal): void;

  /** What a service as asked for becomes on this engine (for instance dnsrr where virtual IPs do not work): plan with this. */
  adapt(spec: StackSpec): Promise<{ spec: StackSpec; notes: readonly string[] }>;

  /**
   * Creates the networks of the stack that do not exist; a network that exists with other settings, and any network or
   * volume that is another stack's, is an {@link EngineRejectedError}.
   */
  ensureNetworks(spec: StackSpec, guard: WriteGuard): Promise<void>;
  /** Creates secrets and configs that do not exist. `content` gives an object's bytes by its key. */
  ensureFileObjects(spec: StackSpec, content: FileObjectContent, guard: WriteGuard): Promise<void>;

  /** Creates the service, or updates it to exactly this specification. A job is run again. Resolves once the engine accepted it. */
  apply(spec: StackSpec, service: ServiceSpec, guard: WriteGuard): Promise<ObservedService>;
  /** Puts a service back to a recorded specification; `null` removes it. Never the engine's own "previous". Already there is success. */
  restore(stack: string, service: string, previous: EngineServiceSpec | null, guard: WriteGuard): Promise<void>;
  /**
   * Marks the services as owned by a new owner without touching their tasks, so that a former owner's writes fail from
   * here on. Services that do not exist are skipped.
   */
  claim(stack: string, services: readonly string[], guard: WriteGuard): Promise<void>;
  removeService(stack: string, service: string, guard: WriteGuard): Promise<void>;
  /** Removes objects of the stack by engine name; one that is still in use is left alone and returned. */
  removeObjects(
    stack: string,
    kind: 'network' | 'secret' | 'config',
    engineNames: readonly string[],
    guard: WriteGuard,
  ): Promise<readonly string[]>;
  /** Services, networks, secrets and configs; volumes only when asked. Leaves nothing orphaned. Idempotent. */
  removeStack(stack: string, options: { volumes: boolean }): Promise<void>;

  /**
   * Runs a one-off container of `service` (its image, environment, networks and secrets) with another command, as
   * `<stack>_<name>`, waits for its end, removes it. `image` replaces the service's. Rejects only on engine faults.
   */
  runOnce(spec: StackSpec, run: OneOffRun, guard: WriteGuard, signal: AbortSignal): Promise<OneOffResult>;

  /** The last `tail` lines of one service or of all, oldest first. */
  logs(stack: string, options: { service: string | null; tail: number; sinceMs: number | null }): Promise<readonly LogLine[]>;

  /** Names of the stacks that this engine runs, Shipmate's and others. */
  stacks(): Promise<readonly { stack: string; services: number; ownedByShipmate: boolean }[]>;
}

export type EngineCapabilities = {
  readonly engine: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly isManager: boolean;
  readonly nodes: number;
  /** Virtual IPs and ingress ports answer (the kernel has IPVS). */
  readonly virtualIps: boolean;
  readonly jobs: boolean;
};

export type WriteGuard = {
  readonly owner: WriteOwner;
  /** Called right before every write; throws {@link FenceLostError} when this worker no longer holds the lease. */
  check(): Promise<void>;
};

export type FileObjectContent = (kind: 'secret' | 'config', key: string) => Promise<Uint8Array>;

export type OneOffRun = {
  readonly name: string;
  readonly service: string;
  readonly command: readonly string[];
  readonly image?: string;
  readonly timeoutMs: number;
};

export type OneOffResult = {
  readonly outcome: 'succeeded' | 'failed' | 'timed_out';
  readonly exitCode: number | null;
  readonly output: readonly string[];
};

export type LogLine = {
  readonly service: string;
  readonly task: string;
  readonly stream: 'stdout' | 'stderr';
  readonly at: number | null;
  readonly text: string;
};

/** The engine's nodes: initialise, join, list, drain. */
export interface Cluster {
  /** Makes this engine a manager of a new swarm; already being one is success. */
  initialise(options: { advertiseAddress: string }): Promise<void>;
  /** What a new worker needs: the command's parts. The token is a secret. */
  joinToken(role: 'worker' | 'manager'): Promise<{ token: string; addresses: readonly string[] }>;
  nodes(): Promise<readonly ClusterNode[]>;
  setAvailability(nodeId: string, availability: 'active' | 'pause' | 'drain'): Promise<void>;
}

export type ClusterNode = {
  readonly id: string;
  readonly hostname: string;
  readonly role: 'manager' | 'worker';
  readonly leader: boolean;
  readonly state: string;
  readonly availability: string;
  readonly address: string;
  readonly engineVersion: string;
  readonly cpus: number;
  readonly memoryBytes: number;
};
