import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import { canonicalService } from './from-engine-spec.ts';

/**
 * What each service becomes on this engine, in the form in which the engine will show it. Where virtual IPs do not work
 * (a kernel without IPVS), names resolve to the tasks themselves (dnsrr), and ports are published on the node that runs
 * the task, because the ingress network answers through virtual IPs too. An explicit `endpoint_mode: vip` is kept.
 */
export function adaptStack(
  spec: StackSpec,
  engine: { readonly virtualIps: boolean },
): { readonly spec: StackSpec; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const services = Object.entries(spec.services).map(([key, service]) => {
    const adapted = engine.virtualIps ? service : withoutVirtualIps(service, notes);
    return [key, canonicalService(spec, adapted)] as const;
  });
  const toTasks = engine.virtualIps ? [] : Object.values(spec.services).filter(resolvesToTasks);
  return { spec: { ...spec, services: Object.fromEntries(services) }, notes: [...nameNote(toTasks), ...notes] };
}

/** Not asked for, and seen by other services: only then is it worth telling. */
function resolvesToTasks(service: ServiceSpec): boolean {
  return service.endpointMode === undefined && service.networks.length > 0;
}

/** One for the whole stack: the reason is the engine's, so it is the same for every service. */
function nameNote(services: readonly ServiceSpec[]): readonly string[] {
  if (services.length === 0) return [];
  const names = services.map(({ name }) => name).sort();
  const verb = names.length === 1 ? 'its name resolves to its tasks' : 'their names resolve to their tasks';
  return [`${names.join(', ')}: ${verb} (endpoint_mode dnsrr), because virtual IPs do not answer on this engine.`];
}

function withoutVirtualIps(service: ServiceSpec, notes: string[]): ServiceSpec {
  if (service.endpointMode === 'vip') {
    notes.push(
      `${service.name}: asks for endpoint_mode vip, but virtual IPs do not answer on this engine (its kernel has no IPVS). Use dnsrr.`,
    );
    return service;
  }
  const ingress = service.ports.filter((port) => port.mode === 'ingress');
  if (ingress.length > 0) {
    const list = ingress.map((port) => `${port.published ?? 'any'}→${port.target}/${port.protocol}`).join(', ');
    const several = service.mode.kind === 'global' || (service.mode.kind === 'replicated' && service.mode.replicas < 2);
    notes.push(
      `${service.name}: publishes ${list} on the node that runs the task (mode host), because ingress ports do not answer on this engine.` +
        (several || ingress.every((port) => port.published === undefined) ? '' : ' Only one replica fits on each node that way.'),
    );
  }
  return { ...service, endpointMode: 'dnsrr', ports: service.ports.map((port) => ({ ...port, mode: 'host' })) };
}
