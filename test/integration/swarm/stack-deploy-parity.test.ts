import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { diskFiles } from '../../../adapters/compose/disk-files.ts';
import { readProject } from '../../../adapters/compose/read-project.ts';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { EngineApi } from '../../../adapters/swarm/engine-api.ts';
import type { EngineNetwork, EngineService } from '../../../adapters/swarm/engine-types.ts';
import { SwarmOrchestrator } from '../../../adapters/swarm/swarm-orchestrator.ts';
import { describeFinding } from '../../../src/ports/app-source.ts';
import { freeGuard, silentLogger } from '../../support/swarm.ts';

/**
 * The reference is the `docker stack deploy` of this machine: each file is deployed by it and by Shipmate, and what the
 * engine then has is compared member by member, empty ones included.
 */
const run = promisify(execFile);
const FOLDER = join(import.meta.dirname, '../../support/parity');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

const dockerHost = inject('dockerHost');
const docker = connectDocker(dockerHost);
const api = new EngineApi(docker);
const orchestrator = new SwarmOrchestrator({ docker, logger: silentLogger, encryptNetworks: false, virtualIps: true });
const stackOf = (file: string) => `parity-t${file.slice(0, 2)}`;

afterAll(async () => {
  for (const file of FILES) await orchestrator.removeStack(stackOf(file), { volumes: true });
});

type Json = Record<string, unknown>;

/**
 * Everything in which the two differ on purpose:
 * - `shipmate.*` labels say who wrote last (DESIGN, rule 2) and what key an object with a name of its own has;
 * - names of secrets and configs carry a fingerprint, because contents cannot change on the engine;
 * - ids of objects differ between any two deployments.
 */
async function servicesOnEngine(stack: string): Promise<Record<string, Json>> {
  const query = { filters: { label: [`com.docker.stack.namespace=${stack}`] } };
  const [services, networks] = await Promise.all([
    api.get<readonly EngineService[]>('/services', { query }),
    api.get<readonly EngineNetwork[]>('/networks'),
  ]);
  const names = new Map(networks.map((network) => [network.Id, network.Name]));
  return Object.fromEntries(
    services.map((service) => {
      const spec: Json = JSON.parse(JSON.stringify(service.Spec), (key, value: unknown) => {
        if (key.startsWith('shipmate.') || key === 'SecretID' || key === 'ConfigID') return undefined;
        if ((key === 'SecretName' || key === 'ConfigName') && typeof value === 'string') return value.replace(/_[0-9a-f]{16}$/, '');
        if (key === 'Target' && typeof value === 'string') return names.get(value) ?? value;
        return value;
      });
      return [service.Spec.Name ?? '', spec];
    }),
  );
}

async function networksOnEngine(stack: string) {
  const query = { filters: { label: [`com.docker.stack.namespace=${stack}`] } };
  const networks = await api.get<readonly EngineNetwork[]>('/networks', { query });
  return Object.fromEntries(
    networks.map(({ Name, Driver, Internal, Attachable, EnableIPv6, Labels, Options, IPAM }) => {
      const own = Object.fromEntries(Object.entries(Labels ?? {}).filter(([key]) => !key.startsWith('shipmate.')));
      // The engine numbers networks, and picks a free subnet where none is given.
      const { 'com.docker.network.driver.overlay.vxlanid_list': _id, ...options } = Options ?? {};
      const subnets = (IPAM?.Config ?? []).map((config) => config.Subnet).filter((subnet) => subnet?.startsWith('10.77.'));
      return [Name, { Driver, Internal, Attachable, EnableIPv6, labels: own, options, subnets, ipam: IPAM?.Driver }];
    }),
  );
}

function readFile(file: string) {
  const result = readProject({
    app: 'parity',
    environment: `t${file.slice(0, 2)}`,
    version: null,
    projectFolder: FOLDER,
    workspaceFolder: FOLDER,
    composeFiles: [join(FOLDER, file)],
    envFiles: [],
    variables: {},
    profiles: [],
    policy: {
      allowBindMounts: ['/srv'],
      allowAddedCapabilities: ['NET_BIND_SERVICE', 'CHOWN'],
      allowRootUser: true,
      encryptNetworks: false,
      probeImage: null,
    },
    files: diskFiles(FOLDER),
    fingerprint: (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16),
  });
  if (!result.ok) throw new Error(result.findings.map(describeFinding).join('\n'));
  return result;
}

async function deployOurs(file: string): Promise<void> {
  const { spec, contents } = readFile(file);
  const guard = freeGuard(1);
  await orchestrator.ensureNetworks(spec, guard);
  await orchestrator.ensureFileObjects(
    spec,
    async (kind, key) => {
      const bytes = (kind === 'secret' ? contents.secrets : contents.configs).get(key);
      if (bytes === undefined) throw new Error(`no content of ${kind} ${key}`);
      return bytes;
    },
    guard,
  );
  for (const service of Object.values(spec.services)) await orchestrator.apply(spec, service, guard);
}

describe('the services that Shipmate creates', () => {
  it('are compared over at least 15 files', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(15);
  });

  it.each(FILES)('are what docker stack deploy creates for %s', async (file) => {
    const stack = stackOf(file);
    await orchestrator.removeStack(stack, { volumes: true });
    await run('docker', ['stack', 'deploy', '--resolve-image', 'never', '--detach', '-c', join(FOLDER, file), stack], {
      env: { ...process.env, DOCKER_HOST: dockerHost },
    });
    const theirs = { services: await servicesOnEngine(stack), networks: await networksOnEngine(stack) };
    expect(Object.keys(theirs.services).length).toBeGreaterThan(0);
    await orchestrator.removeStack(stack, { volumes: true });

    await deployOurs(file);
    const ours = { services: await servicesOnEngine(stack), networks: await networksOnEngine(stack) };
    expect(ours).toEqual(theirs);
    await orchestrator.removeStack(stack, { volumes: true });
  });

  it('take over a stack that docker stack deploy made without a difference to plan', async () => {
    const file = FILES.find((name) => name.includes('container-settings')) ?? '';
    const stack = stackOf(file);
    await run('docker', ['stack', 'deploy', '--resolve-image', 'never', '--detach', '-c', join(FOLDER, file), stack], {
      env: { ...process.env, DOCKER_HOST: dockerHost },
    });
    const { spec } = await orchestrator.adapt(readFile(file).spec);
    const observed = await orchestrator.observe(stack);
    expect(observed.services.map((service) => [service.spec, service.unmodelled])).toEqual([[spec.services['web'], {}]]);
  });
});
