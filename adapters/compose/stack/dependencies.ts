import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import { isJob } from '../../../src/domain/service-spec.ts';
import type { Dependency } from '../../../src/domain/stack-spec.ts';
import { closest } from '../did-you-mean.ts';
import type { FindingLog } from '../finding-log.ts';
import { checkSupport } from '../model/check-support.ts';
import { DEPENDENCY } from '../model/support.ts';
import { readBoolean, readText, readTextItems } from '../values/read.ts';
import { type Cursor, member, members, shown } from '../yaml/tree.ts';

export type DependencyAt = Dependency & { readonly at: Cursor };

const CONDITIONS = ['service_started', 'service_healthy', 'service_completed_successfully'] as const;

/** `depends_on` in both forms, in the order written. */
export function readDependencies(service: Cursor, log: FindingLog): readonly DependencyAt[] {
  const cursor = member(service, 'depends_on');
  if (cursor?.tree.kind !== 'map') {
    return readTextItems(cursor).map(([name, at]) => ({ service: name, condition: 'service_started', required: true, at }));
  }
  return members(cursor).map(([name, at]) => {
    checkSupport(at, DEPENDENCY, log);
    const written = readText(member(at, 'condition'));
    const condition = CONDITIONS.find((each) => each === written) ?? 'service_started';
    return { service: name, condition, required: readBoolean(member(at, 'required'), log) ?? true, at };
  });
}

export type Inactive = ReadonlySet<string>;

/** Refuses what can never start: unknown or switched-off services, circles, and waiting for the end of what never ends. */
export function checkDependencies(
  dependencies: ReadonlyMap<string, readonly DependencyAt[]>,
  services: ReadonlyMap<string, ServiceSpec>,
  inactive: Inactive,
  log: FindingLog,
): void {
  for (const [name, needed] of dependencies) for (const dependency of needed) checkOne(name, dependency, services, inactive, log);
  const circle = findCircle(dependencies);
  if (circle === null) return;
  const [first = '', second = ''] = circle;
  const at = dependencies.get(first)?.find((dependency) => dependency.service === second)?.at;
  if (at !== undefined) log.refuse(at, `These services wait for each other: ${circle.join(' → ')}.`, 'Remove one of the dependencies.');
}

function checkOne(
  name: string,
  { service, condition, required, at }: DependencyAt,
  services: ReadonlyMap<string, ServiceSpec>,
  inactive: Inactive,
  log: FindingLog,
): void {
  const target = services.get(service);
  if (inactive.has(service)) {
    if (required) {
      log.refuse(
        at,
        `The service "${service}" is switched off: none of its profiles is active here.`,
        'Activate its profile in shipmate.yml, or write `required: false`.',
      );
    }
    return;
  }
  if (target === undefined) {
    const meant = closest(service, services.keys());
    log.refuse(at, `There is no service ${shown(service, at)}.`, meant === null ? 'Correct the name.' : `Did you mean \`${meant}\`?`);
    return;
  }
  if (condition === 'service_healthy' && (target.healthcheck === undefined || target.healthcheck.disabled)) {
    const isDisabled = target.healthcheck?.disabled === true;
    const problem = isDisabled ? `"${service}" has its health check switched off.` : `"${service}" has no health check in this file.`;
    if (isDisabled) log.refuse(at, problem, 'Wait for `service_started`, or give it a health check.');
    else
      log.warn(at, `${problem} If its image has none either, it counts as healthy once it runs.`, `Add a \`healthcheck\` to ${service}.`);
  }
  if (condition === 'service_completed_successfully' && target.mode.kind === 'global') {
    log.refuse(
      at,
      `"${service}" is a global service and never completes, so "${name}" would wait for ever.`,
      'Use `deploy.mode: global-job`, or wait for `service_started`.',
    );
  }
}

/** The names along a circle, the first repeated at the end; null when there is none. */
function findCircle(dependencies: ReadonlyMap<string, readonly Dependency[]>): readonly string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): readonly string[] | null => {
    const start = path.indexOf(name);
    if (start !== -1) return [...path.slice(start), name];
    if (done.has(name)) return null;
    path.push(name);
    for (const { service } of dependencies.get(name) ?? []) {
      const circle = dependencies.has(service) ? visit(service) : null;
      if (circle !== null) return circle;
    }
    path.pop();
    done.add(name);
    return null;
  };
  for (const name of dependencies.keys()) {
    const circle = visit(name);
    if (circle !== null) return circle;
  }
  return null;
}

/** A service that another one waits to be completed is a job: it runs once to its end, and again only when it changes. */
export function asJobs(
  services: ReadonlyMap<string, ServiceSpec>,
  dependencies: ReadonlyMap<string, readonly DependencyAt[]>,
  places: ReadonlyMap<string, Cursor>,
  log: FindingLog,
): ReadonlyMap<string, ServiceSpec> {
  const awaited = new Set(
    [...dependencies.values()]
      .flat()
      .flatMap(({ service, condition }) => (condition === 'service_completed_successfully' ? [service] : [])),
  );
  return new Map(
    [...services].map(([name, spec]) => {
      if (!awaited.has(name) && !isJob(spec.mode)) return [name, spec];
      warnAboutSteps(spec, places.get(name) ?? null, log);
      return [name, asJob(spec)];
    }),
  );
}

/** Without a restart policy a Swarm would start a service that was turned into a job again and again; Compose would not. */
function asJob(spec: ServiceSpec): ServiceSpec {
  const { update: _update, rollback: _rollback, ...rest } = spec;
  if (spec.mode.kind !== 'replicated') return rest;
  const { replicas } = spec.mode;
  return { restart: { condition: 'none' }, ...rest, mode: { kind: 'replicated-job', replicas, maxConcurrent: replicas } };
}

/** The engine refuses them: "Jobs may not have an update config". */
function warnAboutSteps(spec: ServiceSpec, place: Cursor | null, log: FindingLog): void {
  const deploy = member(place, 'deploy');
  for (const name of ['update_config', 'rollback_config']) {
    const at = member(deploy, name);
    if (at !== null) log.warn(at, `"${spec.name}" is a job: it runs once, so it is not updated in steps.`, 'You may remove it.');
  }
}
