import type { RestartPolicy, ServiceMode, ServiceSpec, UpdateConfig } from '../../../src/domain/service-spec.ts';
import type { FindingLog } from '../finding-log.ts';
import { checkSupport } from '../model/check-support.ts';
import { DEPLOY, RESOURCES } from '../model/support.ts';
import { present, readBytes, readCpus, readDuration, readInteger, readNumber, readText, readTextMap, readTexts } from '../values/read.ts';
import { type Cursor, items, member, written } from '../yaml/tree.ts';

type Deployed = Pick<
  ServiceSpec,
  'labels' | 'mode' | 'endpointMode' | 'limits' | 'reservations' | 'restart' | 'placement' | 'update' | 'rollback'
>;

/** `deploy`, and the older keys beside it that say the same (`scale`, `cpus`, `mem_limit`, `mem_reservation`, `pids_limit`, `restart`). */
export function readDeploy(service: Cursor, log: FindingLog): { [K in keyof Deployed]: Deployed[K] } {
  const deploy = member(service, 'deploy');
  checkSupport(deploy, DEPLOY, log);
  const mode = readMode(service, deploy, log);
  return {
    labels: readTextMap(member(deploy, 'labels')),
    mode,
    ...present({
      endpointMode: readEndpointMode(member(deploy, 'endpoint_mode'), log),
      limits: readLimits(service, deploy, log),
      reservations: readReservations(service, deploy, log),
      restart: readRestart(service, deploy, log),
      placement: readPlacement(member(deploy, 'placement'), log),
      update: readUpdate(member(deploy, 'update_config'), log),
      rollback: readUpdate(member(deploy, 'rollback_config'), log),
    }),
  };
}

function readMode(service: Cursor, deploy: Cursor | null, log: FindingLog): ServiceMode {
  const mode = member(deploy, 'mode');
  const scale = member(service, 'scale');
  const replicasAt = member(deploy, 'replicas') ?? scale;
  const replicas = readInteger(member(deploy, 'replicas'), log, { from: 0, to: 10_000 });
  const scaled = readInteger(scale, log, { from: 0, to: 10_000 });
  if (scale !== null && replicas !== undefined && scaled !== undefined && replicas !== scaled) {
    log.refuse(scale, '`scale` and `deploy.replicas` say different numbers.', 'Keep `deploy.replicas`.');
  }
  const count = replicas ?? scaled;
  const kind = readText(mode) ?? 'replicated';
  switch (kind) {
    case 'replicated':
      return { kind, replicas: count ?? 1 };
    case 'replicated-job':
      return { kind, replicas: count ?? 1, ...present({ maxConcurrent: count }) };
    case 'global':
    case 'global-job':
      if (replicasAt !== null)
        log.refuse(replicasAt, `A ${kind} service runs once on every node; it has no number of replicas.`, 'Remove it.');
      return { kind };
    default:
      log.refuse(mode ?? service, 'There is no such deploy mode.', 'Write `replicated`, `global`, `replicated-job` or `global-job`.');
      return { kind: 'replicated', replicas: 1 };
  }
}

function readEndpointMode(cursor: Cursor | null, log: FindingLog): 'vip' | 'dnsrr' | undefined {
  const text = readText(cursor)?.toLowerCase();
  if (cursor === null || text === undefined || text === '') return undefined;
  if (text === 'vip' || text === 'dnsrr') return text;
  log.refuse(cursor, `${written(cursor)} is no endpoint mode.`, 'Write `vip` or `dnsrr`.');
  return undefined;
}

/** `deploy.resources` wins; the older key beside it is read when that says nothing, and may not contradict it. */
function prefer(
  newer: number | undefined,
  older: number | undefined,
  at: Cursor | null,
  instead: string,
  log: FindingLog,
): number | undefined {
  if (at !== null && newer !== undefined && older !== undefined && newer !== older) {
    log.refuse(at, `This contradicts \`${instead}\`.`, `Keep \`${instead}\`.`);
  }
  return newer ?? older;
}

function readLimits(service: Cursor, deploy: Cursor | null, log: FindingLog): ServiceSpec['limits'] {
  const limits = member(member(deploy, 'resources'), 'limits');
  checkSupport(limits, RESOURCES.limits, log);
  const [cpus, memory, pids] = [member(service, 'cpus'), member(service, 'mem_limit'), member(service, 'pids_limit')];
  const path = 'deploy.resources.limits';
  const read = present({
    cpus: positive(prefer(readCpus(member(limits, 'cpus'), log), readCpus(cpus, log), cpus, `${path}.cpus`, log)),
    memoryBytes: positive(prefer(readBytes(member(limits, 'memory'), log), readBytes(memory, log), memory, `${path}.memory`, log)),
    // -1 and 0 mean without limit.
    pids: positive(
      prefer(readInteger(member(limits, 'pids'), log, { from: -1 }), readInteger(pids, log, { from: -1 }), pids, `${path}.pids`, log),
    ),
  });
  return limits === null && Object.keys(read).length === 0 ? undefined : read;
}

function readReservations(service: Cursor, deploy: Cursor | null, log: FindingLog): ServiceSpec['reservations'] {
  const reservations = member(member(deploy, 'resources'), 'reservations');
  checkSupport(reservations, RESOURCES.reservations, log);
  const memory = member(service, 'mem_reservation');
  const generic = readGenericResources(member(reservations, 'generic_resources'), log);
  const read = present({
    cpus: positive(readCpus(member(reservations, 'cpus'), log)),
    memoryBytes: positive(
      prefer(readBytes(member(reservations, 'memory'), log), readBytes(memory, log), memory, 'deploy.resources.reservations.memory', log),
    ),
    generic: generic.length === 0 ? undefined : generic,
  });
  return reservations === null && Object.keys(read).length === 0 ? undefined : read;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function readGenericResources(cursor: Cursor | null, log: FindingLog): readonly { readonly kind: string; readonly value: number }[] {
  return items(cursor).flatMap((item) => {
    const resource = member(item, 'discrete_resource_spec');
    const kind = readText(member(resource, 'kind'));
    const value = readInteger(member(resource, 'value'), log, { from: 0 });
    if (kind === undefined || value === undefined) {
      log.refuse(item, 'A generic resource needs a kind and a value.', 'Write `discrete_resource_spec: {kind: gpu, value: 1}`.');
      return [];
    }
    return [{ kind, value }];
  });
}

const LEGACY_RESTART = /^(no|always|unless-stopped|on-failure)(?::(\d+))?$/;

function readRestart(service: Cursor, deploy: Cursor | null, log: FindingLog): RestartPolicy | undefined {
  const policy = member(deploy, 'restart_policy');
  const legacy = member(service, 'restart');
  if (policy !== null) return readRestartPolicy(policy, log);
  const text = readText(legacy);
  if (legacy === null || text === undefined || text === '') return undefined;
  const [, name, attempts] = LEGACY_RESTART.exec(text) ?? [];
  const maxAttempts = attempts === undefined || attempts === '0' ? undefined : Number(attempts);
  switch (name) {
    case 'no':
    // YAML 1.1 readers see `no` as false.
    case undefined:
      if (name === undefined && text !== 'false') {
        log.refuse(
          legacy,
          `${written(legacy)} is no restart policy.`,
          'Write `always`, `on-failure`, `on-failure:3`, `unless-stopped` or `"no"`.',
        );
        return undefined;
      }
      log.warn(
        legacy,
        'A Swarm restarts services whatever this says, as it does with `docker stack deploy`.',
        'Write `deploy.restart_policy.condition: none` to keep them down.',
      );
      return undefined;
    case 'on-failure':
      return { condition: 'on-failure', ...present({ maxAttempts }) };
    default:
      return { condition: 'any', ...present({ maxAttempts }) };
  }
}

function readRestartPolicy(policy: Cursor, log: FindingLog): RestartPolicy {
  const at = member(policy, 'condition');
  const text = readText(at) ?? 'any';
  const condition = text === 'none' || text === 'on-failure' || text === 'any' ? text : null;
  if (condition === null)
    log.refuse(at ?? policy, `${written(at ?? policy)} is no restart condition.`, 'Write `none`, `on-failure` or `any`.');
  return {
    condition: condition ?? 'any',
    ...present({
      delayMs: readDuration(member(policy, 'delay'), log),
      maxAttempts: readInteger(member(policy, 'max_attempts'), log, { from: 0 }),
      windowMs: readDuration(member(policy, 'window'), log),
    }),
  };
}

function readPlacement(placement: Cursor | null, log: FindingLog): ServiceSpec['placement'] {
  if (placement === null) return undefined;
  const preferences = items(member(placement, 'preferences')).flatMap((item) => readText(member(item, 'spread')) ?? []);
  const constraints = readTexts(member(placement, 'constraints'));
  for (const item of items(member(placement, 'constraints'))) {
    if (!isConstraint(readText(item) ?? '')) {
      log.refuse(item, `${written(item)} is not a constraint.`, 'Write `node.labels.zone == a` or `node.role != manager`.');
    }
  }
  return {
    constraints,
    preferences,
    ...present({ maxReplicasPerNode: positive(readInteger(member(placement, 'max_replicas_per_node'), log, { from: 0 })) }),
  };
}

function isConstraint(text: string): boolean {
  const [key = '', value = '', ...more] = text.split(/==|!=/);
  return key.trim() !== '' && value.trim() !== '' && more.length === 0;
}

function readUpdate(config: Cursor | null, log: FindingLog): UpdateConfig | undefined {
  if (config === null) return undefined;
  return {
    parallelism: readInteger(member(config, 'parallelism'), log, { from: 0 }) ?? 1,
    ...present({
      delayMs: readDuration(member(config, 'delay'), log),
      failureAction: readFailureAction(member(config, 'failure_action'), log),
      monitorMs: readDuration(member(config, 'monitor'), log),
      maxFailureRatio: readNumber(member(config, 'max_failure_ratio'), log, { from: 0, to: 1 }),
      order: readOrder(member(config, 'order'), log),
    }),
  };
}

function readFailureAction(cursor: Cursor | null, log: FindingLog): 'pause' | 'continue' | undefined {
  const text = readText(cursor);
  if (cursor === null || text === undefined || text === '') return undefined;
  if (text === 'pause' || text === 'continue') return text;
  if (text === 'rollback') {
    log.warn(cursor, 'The engine pauses instead: Shipmate takes the whole release back itself, every service of it.', 'You may remove it.');
    return 'pause';
  }
  log.refuse(cursor, `${written(cursor)} is no failure action.`, 'Write `pause` or `continue`.');
  return undefined;
}

function readOrder(cursor: Cursor | null, log: FindingLog): 'stop-first' | 'start-first' | undefined {
  const text = readText(cursor);
  if (cursor === null || text === undefined || text === '') return undefined;
  if (text === 'stop-first' || text === 'start-first') return text;
  log.refuse(cursor, `${written(cursor)} is no order.`, 'Write `stop-first` or `start-first`.');
  return undefined;
}
