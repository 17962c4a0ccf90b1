import type Docker from 'dockerode';

type SwarmState = {
  readonly LocalNodeState?: string;
  readonly ControlAvailable?: boolean;
  readonly Cluster?: { readonly ID?: string } | null;
};

export type Membership = { readonly kind: 'none' } | { readonly kind: 'worker' } | { readonly kind: 'manager'; readonly swarmId: string };

export async function membershipOf(docker: Docker): Promise<Membership> {
  const swarm: SwarmState = (await docker.info()).Swarm ?? {};
  if (swarm.LocalNodeState === 'inactive' || swarm.LocalNodeState === undefined) return { kind: 'none' };
  return swarm.ControlAvailable === true ? { kind: 'manager', swarmId: swarm.Cluster?.ID ?? '' } : { kind: 'worker' };
}

/** On the loopback address: nobody can join from outside until the operator chooses another one. */
export async function initialiseSwarm(docker: Docker): Promise<string> {
  await docker.swarmInit({ ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' });
  const membership = await membershipOf(docker);
  return membership.kind === 'manager' ? membership.swarmId : '';
}

/** Leaves only an empty swarm: services that are still there are someone's. Returns how many there are. */
export async function leaveEmptySwarm(docker: Docker): Promise<number> {
  const services = await docker.listServices();
  if (services.length === 0) await docker.swarmLeave({ force: true });
  return services.length;
}
