import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { FileObjectSpec, NetworkSpec, StackSpec } from '../../src/domain/stack-spec.ts';
import { EngineRejectedError } from '../../src/ports/faults.ts';
import type { FileObjectContent, WriteGuard } from '../../src/ports/orchestrator.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineResponseError } from './engine-errors.ts';
import type { EngineFileObject, EngineNetwork, EngineVolume, Labels } from './engine-types.ts';
import { defined } from './engine-units.ts';
import { APP_LABEL, ENVIRONMENT_LABEL, STACK_LABEL } from './labels.ts';
import { listNetworks } from './list-networks.ts';
import { isPredefinedNetwork, type ObjectIds } from './object-ids.ts';

/** Networks, secrets and configs of a stack: created when absent, never changed (the engine cannot), removed by name. */

export async function ensureNetworks(api: EngineApi, spec: StackSpec, guard: WriteGuard, encrypt: boolean): Promise<void> {
  const existing = await allocatedNetworks(api, new Set(Object.values(spec.networks).map((network) => network.engineName)));
  for (const [key, network] of Object.entries(spec.networks)) {
    const found = existing.find((candidate) => candidate.Name === network.engineName);
    if (network.external) requireExternalNetwork(spec.stack, key, network, found);
    else if (found !== undefined) requireSameNetwork(spec.stack, key, network, found);
    else await createNetwork(api, spec, network, guard, encrypt);
  }
}

const ALLOCATION_POLL_MS = 50;
const ALLOCATION_MS = 10_000;

/** A network that was created a moment ago has no driver and no subnets until the manager has allocated it (measured, Engine 20.10). */
async function allocatedNetworks(api: EngineApi, names: ReadonlySet<string>): Promise<readonly EngineNetwork[]> {
  const deadline = performance.now() + ALLOCATION_MS;
  while (true) {
    const networks = await api.get<readonly EngineNetwork[]>('/networks');
    const isPending = networks.some((network) => names.has(network.Name) && network.Driver === '');
    if (!isPending || performance.now() > deadline) return networks;
    await delay(ALLOCATION_POLL_MS);
  }
}

/** Stacks are kept apart: what carries another stack's label is that stack's, whoever names it. */
function refuseOfOtherStack(kind: string, key: string, engineName: string, stack: string, labels: Labels | null | undefined): void {
  const owner = labels?.[STACK_LABEL];
  if (owner === undefined || owner === stack) return;
  throw new EngineRejectedError(
    `The ${kind} "${engineName}" (${kind}s.${key}) belongs to the stack ${owner}. Apps do not share: create one of its own outside of any stack.`,
  );
}

function requireExternalNetwork(stack: string, key: string, network: NetworkSpec, found: EngineNetwork | undefined): void {
  if (isPredefinedNetwork(network.engineName)) return;
  if (found === undefined) {
    throw new EngineRejectedError(
      `The external network "${network.engineName}" (networks.${key}) does not exist. Create it with \`docker network create -d overlay ${network.engineName}\`.`,
    );
  }
  refuseOfOtherStack('network', key, network.engineName, stack, found.Labels);
  if (found.Scope !== 'swarm') {
    throw new EngineRejectedError(
      `The external network "${network.engineName}" (networks.${key}) exists on one node only (scope ${found.Scope}); services need one of scope swarm.`,
    );
  }
}

function requireSameNetwork(stack: string, key: string, network: NetworkSpec, found: EngineNetwork): void {
  const differences = [
    ...(found.Labels?.[STACK_LABEL] === stack ? [] : ['it belongs to something else (no label of this stack)']),
    ...differs('driver', found.Driver, network.driver || 'overlay'),
    ...differs('internal', found.Internal, network.internal),
    ...differs('attachable', found.Attachable, network.attachable),
    ...(network.enableIPv6 === undefined ? [] : differs('enable_ipv6', found.EnableIPv6, network.enableIPv6)),
    ...Object.entries(network.driverOptions).flatMap(([name, value]) => differs(`driver_opts.${name}`, found.Options?.[name], value)),
    ...subnetDifferences(network, found),
  ];
  if (differences.length === 0) return;
  throw new EngineRejectedError(
    `The network "${network.engineName}" (networks.${key}) exists with other settings: ${differences.join('; ')}. ` +
      'An engine cannot change a network: give it another name, or remove the stack first.',
  );
}

function differs(name: string, found: string | boolean | undefined, wanted: string | boolean): readonly string[] {
  return found === wanted ? [] : [`${name} is ${found ?? 'not set'}, wanted ${wanted}`];
}

function subnetDifferences(network: NetworkSpec, found: EngineNetwork): readonly string[] {
  const wanted = (network.ipam?.subnets ?? []).flatMap(({ subnet }) => (subnet === undefined ? [] : [subnet]));
  const has = new Set((found.IPAM?.Config ?? []).map((config) => config.Subnet));
  return wanted.filter((subnet) => !has.has(subnet)).map((subnet) => `subnet ${subnet} is missing`);
}

async function createNetwork(api: EngineApi, spec: StackSpec, network: NetworkSpec, guard: WriteGuard, encrypt: boolean): Promise<void> {
  const driver = network.driver || 'overlay';
  const { ipam } = network;
  const body = defined({
    Name: network.engineName,
    // Names of networks are not unique on the engine unless asked for.
    CheckDuplicate: true,
    Driver: driver,
    Options: encrypt && driver === 'overlay' ? { encrypted: '', ...network.driverOptions } : network.driverOptions,
    Internal: network.internal,
    Attachable: network.attachable,
    EnableIPv6: network.enableIPv6,
    IPAM:
      ipam === undefined
        ? undefined
        : defined({
            Driver: ipam.driver ?? 'default',
            Config: ipam.subnets.map(({ subnet, gateway, ipRange }) => defined({ Subnet: subnet, Gateway: gateway, IPRange: ipRange })),
          }),
    Labels: objectLabels(spec, network.labels),
  });
  await guard.check();
  await createOnce(() => api.post('/networks/create', { body }));
}

/** Volumes come with the tasks; here only that none of them is another stack's. The engine knows those of its own node. */
export async function refuseVolumesOfOthers(api: EngineApi, spec: StackSpec): Promise<void> {
  if (Object.keys(spec.volumes).length === 0) return;
  const { Volumes: volumes } = await api.get<{ Volumes?: readonly EngineVolume[] | null }>('/volumes');
  const existing = new Map((volumes ?? []).map((found) => [found.Name, found.Labels]));
  for (const [key, volume] of Object.entries(spec.volumes)) {
    refuseOfOtherStack('volume', key, volume.engineName, spec.stack, existing.get(volume.engineName));
  }
}

export async function ensureFileObjects(api: EngineApi, spec: StackSpec, content: FileObjectContent, guard: WriteGuard): Promise<void> {
  await ensureKind(api, spec, 'secret', spec.secrets, content, guard);
  await ensureKind(api, spec, 'config', spec.configs, content, guard);
}

async function ensureKind(
  api: EngineApi,
  spec: StackSpec,
  kind: 'secret' | 'config',
  objects: Readonly<Record<string, FileObjectSpec>>,
  content: FileObjectContent,
  guard: WriteGuard,
): Promise<void> {
  if (Object.keys(objects).length === 0) return;
  const existing = new Map((await listFileObjects(api, kind)).map((found) => [found.Spec.Name, found.Spec.Labels]));
  for (const [key, object] of Object.entries(objects)) {
    refuseOfOtherStack(kind, key, object.engineName, spec.stack, existing.get(object.engineName));
    if (existing.has(object.engineName)) continue;
    if (object.external) {
      throw new EngineRejectedError(
        `The external ${kind} "${object.engineName}" (${kind}s.${key}) does not exist. Create it with \`docker ${kind} create ${object.engineName} <file>\`.`,
      );
    }
    const body = defined({
      Name: object.engineName,
      Labels: objectLabels(spec, object.labels),
      Data: Buffer.from(await content(kind, key)).toString('base64'),
      Templating: object.templateDriver === undefined ? undefined : { Name: object.templateDriver },
    });
    await guard.check();
    await createOnce(() => api.post(`/${kind}s/create`, { body }));
  }
}

export function listFileObjects(api: EngineApi, kind: 'secret' | 'config'): Promise<readonly EngineFileObject[]> {
  return api.get<readonly EngineFileObject[]>(`/${kind}s`);
}

/** Somebody who was faster created the same: names of secrets and configs carry their content's fingerprint. */
async function createOnce(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof EngineResponseError && error.status === 409)) throw error;
  }
}

function objectLabels(spec: StackSpec, labels: Labels): Labels {
  return { ...labels, [STACK_LABEL]: spec.stack, [APP_LABEL]: spec.app, [ENVIRONMENT_LABEL]: spec.environment };
}

/** Removes what carries this stack's label and one of these names. What is still in use stays, and comes back. */
export async function removeObjects(
  api: EngineApi,
  stack: string,
  kind: 'network' | 'secret' | 'config',
  engineNames: readonly string[],
  check: () => Promise<void>,
): Promise<readonly string[]> {
  const existing = await listOfStack(api, stack, kind);
  const left: string[] = [];
  for (const { id, engineName } of existing.filter((object) => engineNames.includes(object.engineName))) {
    await check();
    if (!(await removeUnlessUsed(api, `/${kind}s/${id}`))) left.push(engineName);
  }
  return left;
}

export async function listOfStack(api: EngineApi, stack: string, kind: 'network' | 'secret' | 'config') {
  const query = { filters: { label: [`${STACK_LABEL}=${stack}`] } };
  if (kind === 'network') {
    const networks = await api.get<readonly EngineNetwork[]>('/networks', { query });
    return networks.map((network) => ({ id: network.Id, engineName: network.Name }));
  }
  const objects = await api.get<readonly EngineFileObject[]>(`/${kind}s`, { query });
  return objects.map((object) => ({ id: object.ID, engineName: object.Spec.Name }));
}

/** Engines say "in use" with 400, 403 or 409, depending on the object. False then. Gone already is removed. */
export async function removeUnlessUsed(api: EngineApi, path: string): Promise<boolean> {
  try {
    await api.delete(path);
    return true;
  } catch (error) {
    if (!(error instanceof EngineResponseError)) throw error;
    // A node may still have its copy of a network that the swarm has removed: the engine lists it, but cannot find it (HTTP 500).
    if (error.status === 404 || /^network \S+ not found$/.test(error.reason)) return true;
    if (error.status === 400 || error.status === 403 || error.status === 409) return false;
    throw error;
  }
}

/** Engine names of the networks that a service joins. */
export function networksOf(spec: StackSpec, service: ServiceSpec): readonly string[] {
  return service.networks.flatMap((use) => spec.networks[use.network]?.engineName ?? []);
}

/** Ids of what a service refers to, asked from the engine in as few requests as the service needs. */
export async function lookUpIds(
  api: EngineApi,
  needs: { readonly networks: readonly string[]; readonly secrets: boolean; readonly configs: boolean },
): Promise<{ readonly ids: ObjectIds; readonly networks: readonly EngineNetwork[] }> {
  const [networks, secrets, configs] = await Promise.all([
    listNetworks(api, (found) => needs.networks.some((name) => !isPredefinedNetwork(name) && !found.some(({ Name }) => Name === name))),
    needs.secrets ? listFileObjects(api, 'secret') : [],
    needs.configs ? listFileObjects(api, 'config') : [],
  ]);
  const known = new Map<string, string>([
    ...networks.map((network) => [`network:${network.Name}`, network.Id] as const),
    ...secrets.map((secret) => [`secret:${secret.Spec.Name}`, secret.ID] as const),
    ...configs.map((config) => [`config:${config.Spec.Name}`, config.ID] as const),
  ]);
  const ids: ObjectIds = (kind, engineName) => {
    const id = known.get(`${kind}:${engineName}`);
    if (id !== undefined) return id;
    if (kind === 'network' && isPredefinedNetwork(engineName)) return engineName;
    throw new EngineRejectedError(`The ${kind} "${engineName}" does not exist on the engine.`);
  };
  return { ids, networks };
}
