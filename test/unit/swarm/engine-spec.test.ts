import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineSpec } from '../../../adapters/swarm/engine-types.ts';
import { canonicalService, fromEngineSpec } from '../../../adapters/swarm/from-engine-spec.ts';
import type { ObjectIds } from '../../../adapters/swarm/object-ids.ts';
import { toEngineSpec } from '../../../adapters/swarm/to-engine-spec.ts';
import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import { arbitraryService, STACK } from './arbitrary-services.ts';

const OWNER = { deploymentId: 'dep-1', fence: 7 };
const ids: ObjectIds = (kind, name) => `id-of-${kind}-${name}`;
const networkName = (id: string) => id.replace('id-of-network-', '');

/** What the engine does to a specification that it keeps: it writes some defaults out and zero values in. */
function asKept(spec: EngineSpec): EngineSpec {
  const kept: EngineSpec = JSON.parse(JSON.stringify(spec));
  const template = kept.TaskTemplate ?? {};
  const container = template.ContainerSpec ?? {};
  return {
    ...kept,
    TaskTemplate: {
      ...template,
      ForceUpdate: 0,
      Runtime: 'container',
      Resources: { Limits: {}, Reservations: {}, ...template.Resources },
      ...(template.RestartPolicy ? { RestartPolicy: { MaxAttempts: 0, ...template.RestartPolicy } } : {}),
      ContainerSpec: { Isolation: 'default', DNSConfig: {}, ...container },
    },
  };
}

const plain: ServiceSpec = {
  name: 'web',
  image: 'shop/web:1.0.0',
  environment: {},
  labels: {},
  containerLabels: {},
  mounts: [],
  networks: [{ network: 'default', aliases: [] }],
  ports: [],
  mode: { kind: 'replicated', replicas: 2 },
  secrets: [],
  configs: [],
};

const observed = (spec: EngineSpec) => fromEngineSpec(STACK.stack, asKept(spec), networkName);

describe('the engine specification and its inverse', () => {
  it('gives every adapted service back as it was, with nothing unmodelled and its owner', () => {
    fc.assert(
      fc.property(arbitraryService, (service) => {
        const adapted = canonicalService(STACK, service);
        const seen = observed(toEngineSpec(STACK, adapted, OWNER, ids));
        expect(seen.spec).toEqual(adapted);
        expect(seen.unmodelled).toEqual({});
        expect(seen.owner).toEqual(OWNER);
      }),
      { numRuns: 200 },
    );
  });

  it('loses nothing that a service asks of the engine', () => {
    fc.assert(
      fc.property(arbitraryService, (service) => {
        expect(observed(toEngineSpec(STACK, service, OWNER, ids)).unmodelled).toEqual({});
      }),
      { numRuns: 200 },
    );
  });

  it('sends the same to the engine before and after adaptation', () => {
    fc.assert(
      fc.property(arbitraryService, (service) => {
        const adapted = canonicalService(STACK, service);
        const withoutZeros = (spec: EngineSpec) => observed(spec).spec;
        expect(withoutZeros(toEngineSpec(STACK, adapted, OWNER, ids))).toEqual(withoutZeros(toEngineSpec(STACK, service, OWNER, ids)));
        expect(canonicalService(STACK, adapted)).toEqual(adapted);
      }),
    );
  });

  it('keeps the owner out of the task template, so that a claim restarts nothing', () => {
    const one = toEngineSpec(STACK, plain, { deploymentId: 'one', fence: 1 }, ids);
    const two = toEngineSpec(STACK, plain, { deploymentId: 'two', fence: 2 }, ids);
    expect(one.TaskTemplate).toEqual(two.TaskTemplate);
    expect(one.Labels).not.toEqual(two.Labels);
  });

  it('shows a changed content of a secret as a changed reference', () => {
    const service = { ...plain, secrets: [{ source: 'password', target: 'password', uid: '0', gid: '0', mode: 0o444 }] };
    const password = STACK.secrets['password'];
    if (password === undefined) throw new Error('the stack has a password');
    const renewed = {
      ...STACK,
      secrets: { ...STACK.secrets, password: { ...password, engineName: 'shop-staging_password_ffffffffffffffff' } },
    };
    const before = canonicalService(STACK, service);
    const after = canonicalService(renewed, service);
    expect(before.secrets[0]?.source).toBe('password');
    expect(after.secrets[0]?.source).toBe('password');
    expect(after.secrets).not.toEqual(before.secrets);
  });

  it('reports what the neutral terms have no word for, and nothing else', () => {
    const engine = toEngineSpec(STACK, plain, OWNER, ids);
    const foreign = {
      ...engine,
      UpdateConfig: { Parallelism: 1, FailureAction: 'rollback', Order: 'stop-first' },
      TaskTemplate: {
        ...engine.TaskTemplate,
        ForceUpdate: 3,
        ContainerSpec: { ...engine.TaskTemplate?.ContainerSpec, OomScoreAdj: 5, Mounts: [{ Type: 'npipe', Target: 'x' }] },
      },
    };
    expect(observed(foreign).unmodelled).toEqual({
      'TaskTemplate.ContainerSpec.Mounts[0].Target': 'x',
      'TaskTemplate.ContainerSpec.Mounts[0].Type': 'npipe',
      'TaskTemplate.ContainerSpec.OomScoreAdj': '5',
      'UpdateConfig.FailureAction': 'rollback',
    });
  });

  it('reads a service that docker stack deploy made', () => {
    const engine: EngineSpec = {
      Name: 'shop-staging_web',
      Labels: { 'com.docker.stack.image': 'shop/web:1.0.0', 'com.docker.stack.namespace': 'shop-staging', 'traefik.enable': 'true' },
      TaskTemplate: {
        ContainerSpec: {
          Image: `shop/web:1.0.0@sha256:${'b'.repeat(64)}`,
          Labels: { 'com.docker.stack.namespace': 'shop-staging' },
          Env: ['B=2=3', 'A'],
          Privileges: { CredentialSpec: null, SELinuxContext: null },
          Secrets: [{ File: { Name: 'password', UID: '0', GID: '0', Mode: 292 }, SecretID: 'xyz', SecretName: 'shop-staging_password' }],
        },
        Networks: [{ Target: 'id-of-network-shop-staging_default', Aliases: ['www', 'web'] }],
      },
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Mode: 'vip' },
    };
    const seen = observed(engine);
    expect(seen.owner).toBeNull();
    expect(seen.unmodelled).toEqual({});
    expect(seen.spec).toMatchObject({
      name: 'web',
      image: 'shop/web:1.0.0',
      pinnedImage: `shop/web:1.0.0@sha256:${'b'.repeat(64)}`,
      labels: { 'traefik.enable': 'true' },
      environment: { A: null, B: '2=3' },
      networks: [{ network: 'default', engineName: 'shop-staging_default', aliases: ['www', 'web'] }],
      secrets: [{ source: 'password', engineName: 'shop-staging_password' }],
    });
  });
});
