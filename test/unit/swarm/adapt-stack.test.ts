import { describe, expect, it } from 'vitest';
import { adaptStack } from '../../../adapters/swarm/adapt-stack.ts';
import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import { STACK } from './arbitrary-services.ts';

const web: ServiceSpec = {
  name: 'web',
  image: 'shop/web:1.0.0',
  environment: {},
  labels: {},
  containerLabels: {},
  mounts: [],
  networks: [{ network: 'default', aliases: [] }],
  ports: [{ target: 80, published: 8080, protocol: 'tcp', mode: 'ingress' }],
  mode: { kind: 'replicated', replicas: 1 },
  secrets: [],
  configs: [],
};

const adapt = (service: ServiceSpec, virtualIps: boolean) => adaptStack({ ...STACK, services: { web: service } }, { virtualIps });

describe('a stack on an engine without virtual IPs', () => {
  it('resolves names to tasks and publishes ports on the node, and says so', () => {
    const { spec, notes } = adapt(web, false);
    expect(spec.services['web']).toMatchObject({ endpointMode: 'dnsrr', ports: [{ published: 8080, mode: 'host' }] });
    expect(notes).toHaveLength(2);
    expect(adapt(spec.services['web'] ?? web, false).spec).toEqual(spec);
  });

  it('says once for all services that names resolve to tasks', () => {
    const quiet = { ...web, ports: [] };
    const services = { web: quiet, api: { ...quiet, name: 'api' }, chosen: { ...quiet, name: 'chosen', endpointMode: 'dnsrr' as const } };
    expect(adaptStack({ ...STACK, services }, { virtualIps: false }).notes).toEqual([
      'api, web: their names resolve to their tasks (endpoint_mode dnsrr), because virtual IPs do not answer on this engine.',
    ]);
  });

  it('keeps what was asked for explicitly, with a note', () => {
    const { spec, notes } = adapt({ ...web, endpointMode: 'vip' }, false);
    expect(spec.services['web']).toMatchObject({ endpointMode: 'vip', ports: [{ mode: 'ingress' }] });
    expect(notes).toHaveLength(1);
  });

  it('is left as it is where virtual IPs work', () => {
    const { spec, notes } = adapt(web, true);
    expect(spec.services['web']).toMatchObject({ endpointMode: 'vip', ports: [{ mode: 'ingress' }] });
    expect(notes).toEqual([]);
  });
});
