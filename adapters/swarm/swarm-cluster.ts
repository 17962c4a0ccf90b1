import type Docker from 'dockerode';
import { EngineRejectedError } from '../../src/ports/faults.ts';
import type { Cluster, ClusterNode } from '../../src/ports/orchestrator.ts';
import { EngineApi } from './engine-api.ts';
import { EngineResponseError, withFaults } from './engine-errors.ts';

type EngineNode = {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly Role?: string; readonly Availability?: string };
  readonly Description?: {
    readonly Hostname?: string;
    readonly Engine?: { readonly EngineVersion?: string };
    readonly Resources?: { readonly NanoCPUs?: number; readonly MemoryBytes?: number };
  };
  readonly Status?: { readonly State?: string; readonly Addr?: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Addr?: string } | null;
};

type SwarmInfo = {
  readonly Swarm?: {
    readonly LocalNodeState?: string;
    readonly ControlAvailable?: boolean;
    readonly RemoteManagers?: readonly { readonly Addr: string }[] | null;
  };
};

const MAX_ATTEMPTS = 5;

/** The nodes of a Docker Swarm. */
export class SwarmCluster implements Cluster {
  readonly #api: EngineApi;

  constructor(options: { readonly docker: Docker; readonly timeoutMs?: number }) {
    this.#api = new EngineApi(options.docker, options.timeoutMs);
  }

  initialise(options: { advertiseAddress: string }): Promise<void> {
    return withFaults(async () => {
      if (await this.#isManager()) return;
      try {
        await this.#api.post('/swarm/init', {
          body: { AdvertiseAddr: options.advertiseAddress, ListenAddr: '0.0.0.0:2377' },
          // Making the certificates takes a while on a slow machine.
          timeoutMs: 60_000,
        });
      } catch (error) {
        // 503 is the engine's answer when it is part of a swarm already: somebody was faster, or it is a worker.
        if (error instanceof EngineResponseError && error.status === 503) {
          if (await this.#isManager()) return;
          throw new EngineRejectedError('This engine is a worker of another swarm. Use one of its managers, or let it leave first.', {
            cause: error,
          });
        }
        throw error;
      }
    });
  }

  joinToken(role: 'worker' | 'manager'): Promise<{ token: string; addresses: readonly string[] }> {
    return withFaults(async () => {
      const [swarm, info] = await Promise.all([
        this.#api.get<{ JoinTokens: { Worker: string; Manager: string } }>('/swarm'),
        this.#api.get<SwarmInfo>('/info'),
      ]);
      return {
        token: role === 'worker' ? swarm.JoinTokens.Worker : swarm.JoinTokens.Manager,
        addresses: (info.Swarm?.RemoteManagers ?? []).map((manager) => manager.Addr),
      };
    });
  }

  nodes(): Promise<readonly ClusterNode[]> {
    return withFaults(async () => (await this.#api.get<readonly EngineNode[]>('/nodes')).map(toClusterNode));
  }

  setAvailability(nodeId: string, availability: 'active' | 'pause' | 'drain'): Promise<void> {
    return withFaults(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const node = await this.#api.get<EngineNode>(`/nodes/${encodeURIComponent(nodeId)}`);
        if (node.Spec.Availability === availability) return;
        try {
          await this.#api.post(`/nodes/${node.ID}/update`, {
            query: { version: node.Version.Index },
            body: { ...node.Spec, Availability: availability },
          });
          return;
        } catch (error) {
          if (!(error instanceof EngineResponseError && error.isOutdated && attempt < MAX_ATTEMPTS)) throw error;
        }
      }
    });
  }

  async #isManager(): Promise<boolean> {
    const { Swarm: swarm } = await this.#api.get<SwarmInfo>('/info');
    return swarm?.LocalNodeState === 'active' && swarm.ControlAvailable === true;
  }
}

function toClusterNode(node: EngineNode): ClusterNode {
  return {
    id: node.ID,
    hostname: node.Description?.Hostname ?? '',
    role: node.Spec.Role === 'manager' ? 'manager' : 'worker',
    leader: node.ManagerStatus?.Leader === true,
    state: node.Status?.State ?? 'unknown',
    availability: node.Spec.Availability ?? 'unknown',
    address: node.Status?.Addr ?? '',
    engineVersion: node.Description?.Engine?.EngineVersion ?? '',
    cpus: (node.Description?.Resources?.NanoCPUs ?? 0) / 1e9,
    memoryBytes: node.Description?.Resources?.MemoryBytes ?? 0,
  };
}
