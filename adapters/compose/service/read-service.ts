import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import { checkSupport } from '../model/check-support.ts';
import { HEALTHCHECK, SERVICE } from '../model/support.ts';
import { present, readBoolean, readCommand, readDuration, readText, readTextMap, readTexts } from '../values/read.ts';
import { type Cursor, isNull, member } from '../yaml/tree.ts';
import { readCapabilities } from './capabilities.ts';
import type { ServiceContext } from './context.ts';
import { readDeploy } from './deploy.ts';
import { readContainerLabels, readEnvironment } from './environment.ts';
import { readExtraHosts } from './extra-hosts.ts';
import { readFileReferences } from './file-references.ts';
import { readHealthcheck } from './healthcheck.ts';
import { readMounts } from './mounts.ts';
import { readAttachments } from './networks.ts';
import { readPorts } from './ports.ts';
import { readUlimits } from './ulimits.ts';

/** Null when it has no image; everything else that is wrong is refused and the rest is read on, so that a person sees all of it at once. */
export function readService(name: string, service: Cursor, context: ServiceContext): ServiceSpec | null {
  const { log } = context;
  if (service.tree.kind !== 'map') {
    log.refuse(service, 'This service says nothing.', 'Give it at least an `image`.');
    return null;
  }
  checkSupport(service, SERVICE, log);
  checkSupport(member(service, 'healthcheck'), HEALTHCHECK, log);
  const image = readImage(service, context);
  const deployed = readDeploy(service, log);
  const ports = readPorts(member(service, 'ports'), log);
  if (deployed.endpointMode === 'dnsrr' && ports.some((port) => port.mode === 'ingress')) {
    log.refuse(
      member(service, 'ports') ?? service,
      'With `endpoint_mode: dnsrr` no port can be published through the ingress network.',
      'Publish it with `mode: host`, or use `vip`.',
    );
  }
  const spec: ServiceSpec = {
    name,
    image: image ?? '',
    ...deployed,
    environment: readEnvironment(service, context),
    containerLabels: readContainerLabels(service, context),
    mounts: readMounts(service, context),
    networks: readAttachments(service, name, context),
    ports,
    secrets: readFileReferences(service, 'secrets', context),
    configs: readFileReferences(service, 'configs', context),
    ...readCapabilities(service, context),
    ...readProcess(service, context),
    ...present({
      groups: some(readTexts(member(service, 'group_add'))),
      sysctls: someMembers(readTextMap(member(service, 'sysctls'))),
      ulimits: readUlimits(member(service, 'ulimits'), log),
      extraHosts: some(readExtraHosts(member(service, 'extra_hosts'), log)),
      dns: readDns(service),
      healthcheck: readHealthcheck(member(service, 'healthcheck'), log),
      logging: readLogging(member(service, 'logging'), log),
    }),
  };
  return image === null ? null : spec;
}

function readImage(service: Cursor, { log }: ServiceContext): string | null {
  const build = member(service, 'build');
  const at = member(service, 'image');
  const image = readText(at)?.trim() ?? '';
  if (build !== null && image === '') {
    log.refuse(
      build,
      'A Swarm runs images; it does not build them.',
      `Build and push the image elsewhere and name it: \`image: registry/app:\${VERSION}\`.`,
    );
    return null;
  }
  if (build !== null)
    log.warn(build, 'Nothing is built here: the image must exist already.', 'Keep `build` in a file of its own for development.');
  if (readText(member(service, 'pull_policy')) === 'build') {
    log.refuse(member(service, 'pull_policy') ?? service, 'A Swarm runs images; it does not build them.', 'Remove it.');
  } else if (member(service, 'pull_policy') !== null) {
    log.warn(member(service, 'pull_policy') ?? service, 'Images are pinned to a digest when a release is planned.', 'You may remove it.');
  }
  if (image === '') {
    log.refuse(at ?? service, 'This service has no image.', 'Add `image:`.');
    return null;
  }
  if (/\s/.test(image) || image.length > 512) {
    log.refuse(at ?? service, 'This is not the name of an image.', 'Write `registry/name:tag`.');
    return null;
  }
  return image;
}

type Process = Pick<
  ServiceSpec,
  | 'entrypoint'
  | 'command'
  | 'user'
  | 'workingDir'
  | 'hostname'
  | 'tty'
  | 'openStdin'
  | 'readOnly'
  | 'init'
  | 'stopSignal'
  | 'stopGracePeriodMs'
  | 'isolation'
>;

function readProcess(service: Cursor, { log, policy }: ServiceContext): { [K in keyof Process]: Exclude<Process[K], undefined> } {
  const user = readText(member(service, 'user'));
  if (user !== undefined && /^(?:root|0+)(?::|$)/.test(user) && !policy.allowRootUser) {
    log.refuse(
      member(service, 'user') ?? service,
      'The operator does not allow services to run as root.',
      'Name another user, or ask for `engine.allow_root_user` in shipmate.yml.',
    );
  }
  const on = (name: string) => (readBoolean(member(service, name), log) === true ? true : undefined);
  return present({
    entrypoint: readOwnCommand(member(service, 'entrypoint'), log),
    command: readOwnCommand(member(service, 'command'), log),
    user: user === '' ? undefined : user,
    workingDir: readText(member(service, 'working_dir')),
    hostname: readText(member(service, 'hostname')),
    tty: on('tty'),
    openStdin: on('stdin_open'),
    readOnly: on('read_only'),
    init: readBoolean(member(service, 'init'), log),
    stopSignal: readText(member(service, 'stop_signal')),
    stopGracePeriodMs: readDuration(member(service, 'stop_grace_period'), log),
    isolation: readText(member(service, 'isolation')),
  });
}

function readOwnCommand(cursor: Cursor | null, log: ServiceContext['log']): readonly string[] | undefined {
  const words = readCommand(cursor, log);
  if (cursor === null || words === undefined || words.length > 0) return words;
  log.warn(cursor, 'A Swarm cannot empty it: what the image says stays in place.', 'Name a program, or remove it.');
  return undefined;
}

function readDns(service: Cursor): ServiceSpec['dns'] {
  const dns = {
    servers: readTexts(member(service, 'dns')),
    search: readTexts(member(service, 'dns_search')),
    options: readTexts(member(service, 'dns_opt')),
  };
  return dns.servers.length + dns.search.length + dns.options.length === 0 ? undefined : dns;
}

function readLogging(cursor: Cursor | null, log: ServiceContext['log']): ServiceSpec['logging'] {
  if (cursor === null) return undefined;
  const options = member(cursor, 'options');
  const driver = readText(member(cursor, 'driver')) ?? '';
  if (driver === '' && options !== null && !isNull(options.tree)) {
    log.warn(options, "These options go to each node's own logging driver.", 'Name the `driver` they are for.');
  }
  return { driver, options: readTextMap(options) };
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function someMembers<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}
