import type Docker from 'dockerode';
import { LocalEngineError } from './local-engine-error.ts';
import type { SwarmAddress } from './swarm-address.ts';

type SwarmState = {
  readonly LocalNodeState?: string;
  readonly ControlAvailable?: boolean;
  readonly Error?: string;
  readonly Cluster?: { readonly ID?: string } | null;
};

/** `stopped`: it is in a swarm whose part on this node does not run, for instance because its ports are taken. */
export type Membership =
  | { readonly kind: 'none' }
  | { readonly kind: 'worker' }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'manager'; readonly swarmId: string };

export async function membershipOf(docker: Docker): Promise<Membership> {
  const { LocalNodeState: state, ControlAvailable, Error: reason = '', Cluster }: SwarmState = (await docker.info()).Swarm ?? {};
  if (state === 'inactive' || state === undefined) return { kind: 'none' };
  if (ControlAvailable === true) return { kind: 'manager', swarmId: Cluster?.ID ?? '' };
  return state === 'active' ? { kind: 'worker' } : { kind: 'stopped', reason: reason === '' ? `its state is “${state}”` : reason };
}

/** Returns the swarm's id. Throws {@link LocalEngineError} when the engine refuses. */
export async function initialiseSwarm(docker: Docker, { address, managementPort, dataPort }: SwarmAddress): Promise<string> {
  try {
    await docker.swarmInit({ ListenAddr: `${address}:${managementPort}`, AdvertiseAddr: address, DataPathPort: dataPort });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LocalEngineError(
      `The Docker Engine could not be put into swarm mode: ${reason.trim()}. Stop what is in its way, or set DOCKER_HOST to an engine that manages a swarm.`,
      { cause },
    );
  }
  const membership = await membershipOf(docker);
  return membership.kind === 'manager' ? membership.swarmId : '';
}

/** Leaves only an empty swarm: services that are still there are someone's. Returns how many there are. */
export async function leaveEmptySwarm(docker: Docker): Promise<number> {
  const services = await docker.listServices();
  if (services.length === 0) await docker.swarmLeave({ force: true });
  return services.length;
}
