import type { EngineApi } from './engine-api.ts';
import type { EngineNetwork } from './engine-types.ts';

/**
 * All networks. While a daemon starts or ends it answers this, without an error, with those of its own node only (measured,
 * Engine 20.10; every other request for swarm objects fails then). So when a network is missing, the swarm is asked for
 * before and after a second look: it fails as "not a manager" then, which is an outage and not an answer.
 */
export async function listNetworks(
  api: EngineApi,
  isMissing: (networks: readonly EngineNetwork[]) => boolean,
): Promise<readonly EngineNetwork[]> {
  const networks = await api.get<readonly EngineNetwork[]>('/networks');
  if (!isMissing(networks)) return networks;
  await api.get('/swarm');
  const again = await api.get<readonly EngineNetwork[]>('/networks');
  await api.get('/swarm');
  return again;
}
