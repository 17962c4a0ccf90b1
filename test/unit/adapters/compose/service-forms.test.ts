import { describe, expect, it } from 'vitest';
import { SERVICE } from '../../../../adapters/compose/model/support.ts';
import type { ServiceSpec } from '../../../../src/domain/service-spec.ts';
import { type Options, read, readSpec, readWeb, warnings, web } from '../../../support/compose/memory-project.ts';

const REST = 'volumes: {data: {}}\nnetworks: {back: {}, front: {}}\nsecrets: {key: {file: key.txt}}\nconfigs: {conf: {content: hello}}\n';
const FILES = { 'key.txt': 'secret', 'a.env': 'FROM=file\nBOTH=file', 'labels.env': 'tier=web' };
const ALLOWED: Options = { policy: { allowBindMounts: ['/srv'], allowAddedCapabilities: ['NET_ADMIN'] }, variables: { INHERITED: 'yes' } };

function service(lines: string): ServiceSpec {
  const spec = readSpec({ ...FILES, 'compose.yaml': web(lines, REST) }, ALLOWED).services['web'];
  if (spec === undefined) throw new Error('there is no service web');
  return spec;
}

const volume = (target: string, more = {}) => ({ type: 'volume', source: 'data', target, readOnly: false, ...more });
const port = (target: number, published?: number, more = {}) => ({
  target,
  ...(published === undefined ? {} : { published }),
  protocol: 'tcp',
  mode: 'ingress',
  ...more,
});

/** Each form of each key and what it comes to. */
const FORMS: readonly (readonly [key: keyof ServiceSpec, written: string, expected: unknown])[] = [
  ['command', 'command: echo "two words" \'$$HOME\' a\\ b', ['echo', 'two words', '$HOME', 'a b']],
  ['command', 'command: [echo, "two words"]', ['echo', 'two words']],
  ['command', 'command: []', undefined],
  ['entrypoint', 'entrypoint: /bin/sh -c', ['/bin/sh', '-c']],

  ['environment', 'environment: {B: 2, A: true, C: 1.5, N: }', { A: 'true', B: '2', C: '1.5', N: null }],
  ['environment', 'environment: [B=2, A=x=y, N, E=]', { A: 'x=y', B: '2', E: '', N: null }],
  ['environment', 'environment: [INHERITED]', { INHERITED: 'yes' }],
  ['environment', 'env_file: a.env\nenvironment: {BOTH: here}', { BOTH: 'here', FROM: 'file' }],
  ['environment', 'env_file: [{path: a.env}, {path: none.env, required: false}]', { BOTH: 'file', FROM: 'file' }],
  ['environment', 'environment: {MASK: 0022}', { MASK: '18' }],

  ['ports', 'ports: [80]', [port(80)]],
  ['ports', 'ports: ["8080:80", "53:53/udp"]', [port(53, 53, { protocol: 'udp' }), port(80, 8080)]],
  ['ports', 'ports: ["3000-3001:4000-4001"]', [port(4000, 3000), port(4001, 3001)]],
  ['ports', 'ports: ["3000-3001"]', [port(3000), port(3001)]],
  ['ports', 'ports: ["9000-9001:80"]', [port(80, 9000), port(80, 9001)]],
  ['ports', 'ports: ["0.0.0.0:80:80"]', [port(80, 80)]],
  ['ports', 'ports: [{target: 80, published: "8080", mode: host, protocol: udp}]', [port(80, 8080, { mode: 'host', protocol: 'udp' })]],

  [
    'mounts',
    'volumes: ["data:/a", "data:/b:ro", "data:/c:nocopy", /d]',
    [volume('/a'), volume('/b', { readOnly: true }), volume('/c', { noCopy: true }), { type: 'volume', target: '/d', readOnly: false }],
  ],
  [
    'mounts',
    'volumes: [{type: volume, source: data, target: /a, read_only: true, volume: {nocopy: true}}]',
    [volume('/a', { readOnly: true, noCopy: true })],
  ],
  ['mounts', 'volumes: ["/srv/x:/a:ro,rslave"]', [{ type: 'bind', source: '/srv/x', target: '/a', readOnly: true, propagation: 'rslave' }]],
  ['mounts', 'volumes: [{type: bind, source: /srv, target: /a}]', [{ type: 'bind', source: '/srv', target: '/a', readOnly: false }]],
  ['mounts', 'tmpfs: /run', [{ type: 'tmpfs', target: '/run', readOnly: false }]],
  ['mounts', 'tmpfs: ["/run:size=1m,mode=1770"]', [{ type: 'tmpfs', target: '/run', readOnly: false, sizeBytes: 1_048_576, mode: 0o1770 }]],
  [
    'mounts',
    'volumes: [{type: tmpfs, target: /t, tmpfs: {size: 64k, mode: 0700}}]',
    [{ type: 'tmpfs', target: '/t', readOnly: false, sizeBytes: 65_536, mode: 0o700 }],
  ],

  ['networks', 'hostname: x', [{ network: 'default', aliases: ['web'] }]],
  [
    'networks',
    'networks: [front, back]',
    [
      { network: 'back', aliases: ['web'] },
      { network: 'front', aliases: ['web'] },
    ],
  ],
  [
    'networks',
    'networks: {front: {aliases: [shop], driver_opts: {mtu: 1400}}, back: }',
    [
      { network: 'back', aliases: ['web'] },
      { network: 'front', aliases: ['shop', 'web'], driverOptions: { mtu: '1400' } },
    ],
  ],

  ['healthcheck', 'healthcheck: {test: curl -f localhost}', { disabled: false, test: ['CMD-SHELL', 'curl -f localhost'] }],
  [
    'healthcheck',
    'healthcheck: {test: [CMD, curl], interval: 1m30s, timeout: 500ms, start_period: 1h, start_interval: 1.5s, retries: 5}',
    {
      disabled: false,
      test: ['CMD', 'curl'],
      intervalMs: 90_000,
      timeoutMs: 500,
      startPeriodMs: 3_600_000,
      startIntervalMs: 1500,
      retries: 5,
    },
  ],
  ['healthcheck', 'healthcheck: {test: [NONE]}', { disabled: true }],
  ['healthcheck', 'healthcheck: {disable: true}', { disabled: true }],
  ['healthcheck', 'healthcheck: {disable: true, test: a}', { disabled: true }],
  ['stopGracePeriodMs', 'stop_grace_period: ""', undefined],
  ['limits', 'mem_limit: ""', undefined],
  ['healthcheck', 'healthcheck: {interval: 5s}', { disabled: false, test: [], intervalMs: 5000 }],

  ['mode', 'hostname: x', { kind: 'replicated', replicas: 1 }],
  ['mode', 'deploy: {replicas: 0}', { kind: 'replicated', replicas: 0 }],
  ['mode', 'scale: "3"', { kind: 'replicated', replicas: 3 }],
  ['mode', 'deploy: {mode: global}', { kind: 'global' }],
  ['mode', 'deploy: {mode: replicated-job}', { kind: 'replicated-job', replicas: 1 }],
  ['mode', 'deploy: {mode: replicated-job, replicas: 2}', { kind: 'replicated-job', replicas: 2, maxConcurrent: 2 }],
  ['mode', 'deploy: {mode: global-job}', { kind: 'global-job' }],
  ['endpointMode', 'deploy: {endpoint_mode: dnsrr}', 'dnsrr'],
  ['labels', 'deploy: {labels: [b, "a=1"]}', { a: '1', b: '' }],
  ['containerLabels', 'labels: {b: 2, a: }', { a: '', b: '2' }],
  ['containerLabels', 'label_file: labels.env\nlabels: {x: y}', { tier: 'web', x: 'y' }],

  ['limits', "deploy: {resources: {limits: {cpus: '0.5', memory: 1.5G, pids: 10}}}", { cpus: 0.5, memoryBytes: 1_610_612_736, pids: 10 }],
  ['limits', 'mem_limit: 64m\ncpus: 0.25\npids_limit: -1', { cpus: 0.25, memoryBytes: 67_108_864 }],
  [
    'reservations',
    "deploy: {resources: {reservations: {cpus: '1', memory: 1k, generic_resources: [{discrete_resource_spec: {kind: gpu, value: 2}}]}}}",
    {
      cpus: 1,
      memoryBytes: 1024,
      generic: [{ kind: 'gpu', value: 2 }],
    },
  ],
  ['reservations', 'mem_reservation: 8m', { memoryBytes: 8_388_608 }],
  ['restart', 'restart: always', { condition: 'any' }],
  ['restart', 'restart: unless-stopped', { condition: 'any' }],
  ['restart', 'restart: on-failure:3', { condition: 'on-failure', maxAttempts: 3 }],
  ['restart', 'restart: "no"', undefined],
  [
    'restart',
    'restart: always\ndeploy: {restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 2m}}',
    {
      condition: 'on-failure',
      delayMs: 5000,
      maxAttempts: 3,
      windowMs: 120_000,
    },
  ],
  [
    'placement',
    'deploy: {placement: {constraints: [node.role == manager], preferences: [{spread: node.labels.zone}], max_replicas_per_node: 2}}',
    {
      constraints: ['node.role == manager'],
      preferences: ['node.labels.zone'],
      maxReplicasPerNode: 2,
    },
  ],
  ['update', 'deploy: {update_config: {}}', { parallelism: 1 }],
  ['update', 'deploy: {update_config: {delay: 1s}}', { parallelism: 1, delayMs: 1000 }],
  [
    'update',
    'deploy: {update_config: {parallelism: 0, failure_action: continue, monitor: 2s, max_failure_ratio: 0.1, order: start-first}}',
    {
      parallelism: 0,
      failureAction: 'continue',
      monitorMs: 2000,
      maxFailureRatio: 0.1,
      order: 'start-first',
    },
  ],
  ['update', 'deploy: {update_config: {failure_action: rollback}}', { parallelism: 1, failureAction: 'pause' }],
  ['rollback', 'deploy: {rollback_config: {parallelism: 2}}', { parallelism: 2 }],

  ['secrets', 'secrets: [key]', [{ source: 'key', target: 'key', uid: '0', gid: '0', mode: 0o444 }]],
  [
    'secrets',
    'secrets: [{source: key, target: k, uid: "1", gid: "2", mode: 0400}]',
    [{ source: 'key', target: 'k', uid: '1', gid: '2', mode: 0o400 }],
  ],
  [
    'configs',
    'configs: [{source: conf, target: /etc/conf, mode: "0440"}]',
    [{ source: 'conf', target: '/etc/conf', uid: '0', gid: '0', mode: 0o440 }],
  ],

  [
    'logging',
    'logging: {driver: json-file, options: {max-size: 10m, max-file: 3}}',
    { driver: 'json-file', options: { 'max-file': '3', 'max-size': '10m' } },
  ],
  [
    'ulimits',
    'ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}',
    [
      { name: 'nofile', soft: 1, hard: 2 },
      { name: 'nproc', soft: 5, hard: 5 },
    ],
  ],
  ['sysctls', 'sysctls: [net.core.somaxconn=1024]', { 'net.core.somaxconn': '1024' }],
  [
    'extraHosts',
    'extra_hosts: ["b=10.0.0.1", "a:::1"]',
    [
      { host: 'b', address: '10.0.0.1' },
      { host: 'a', address: '::1' },
    ],
  ],
  [
    'extraHosts',
    'extra_hosts: {b: 10.0.0.1, a: "[::1]"}',
    [
      { host: 'a', address: '::1' },
      { host: 'b', address: '10.0.0.1' },
    ],
  ],
  ['dns', 'dns: 1.1.1.1\ndns_search: [a, b]\ndns_opt: [ndots:2]', { servers: ['1.1.1.1'], search: ['a', 'b'], options: ['ndots:2'] }],
  ['capAdd', 'cap_add: [net_admin, CAP_NET_ADMIN]', ['CAP_NET_ADMIN']],
  ['capDrop', 'cap_drop: [ALL, CHOWN]', ['ALL']],
  ['groups', 'group_add: [docker, 5]', ['docker', '5']],
  ['stopGracePeriodMs', 'stop_grace_period: 1m30s', 90_000],
  ['stopSignal', 'stop_signal: SIGINT', 'SIGINT'],
  ['init', 'init: true', true],
  ['user', 'user: "1000:1000"', '1000:1000'],
  ['readOnly', 'read_only: true', true],
  ['tty', 'tty: true', true],
  ['openStdin', 'stdin_open: true', true],
  ['hostname', 'hostname: "{{.Node.Hostname}}"', '{{.Node.Hostname}}'],
  ['workingDir', 'working_dir: /app', '/app'],
  ['isolation', 'isolation: default', 'default'],
];

describe('a service', () => {
  it.each(FORMS)('has its %s read from `%s`', (key, written, expected) => {
    expect(service(written)[key]).toEqual(expected);
  });

  it('has nothing set that was not written', () => {
    expect(readWeb('x-note: nothing')).toEqual({
      name: 'web',
      image: 'shop/web:1',
      labels: {},
      mode: { kind: 'replicated', replicas: 1 },
      environment: {},
      containerLabels: {},
      mounts: [],
      networks: [{ network: 'default', aliases: ['web'] }],
      ports: [],
      secrets: [],
      configs: [],
    });
  });

  it('is written the same in the short and the long form', () => {
    const short = service(
      'ports: ["8080:80"]\nvolumes: ["data:/x:ro"]\nsecrets: [key]\nnetworks: [back]\nenvironment: [A=1]\nlabels: [a=1]',
    );
    const long = service(
      'ports: [{target: 80, published: 8080, protocol: tcp, mode: ingress}]\nvolumes: [{type: volume, source: data, target: /x, read_only: true}]\n' +
        'secrets: [{source: key}]\nnetworks: {back: {}}\nenvironment: {A: "1"}\nlabels: {a: "1"}',
    );
    expect(long).toEqual(short);
  });
});

/** Read for what they do elsewhere than in the service's own specification, or only together with others. */
const READ_ELSEWHERE = ['build', 'depends_on', 'extends', 'image', 'profiles', 'pull_policy'];

describe('every key that is said to be read', () => {
  it('shows in the specification in at least one of the forms above', () => {
    const keys = FORMS.flatMap(([, written]) => [...written.matchAll(/^([a-z_]+):/gm)].map(([, key]) => key));
    expect(SERVICE.read.filter((key) => !keys.includes(key) && !READ_ELSEWHERE.includes(key))).toEqual([]);
  });
});

describe('a value of the wrong kind', () => {
  it.each<[written: string, says: string]>([
    ['ports: ["70000:80"]', 'services.web.ports[0]: "70000:80" is not a port.'],
    ['ports: ["1-2:1-3"]', 'services.web.ports[0]: The ranges of "1-2:1-3" differ in length.'],
    ['ports: ["127.0.0.1:80:80"]', 'services.web.ports[0]: A Swarm publishes a port on every address'],
    ['ports: [{published: 80}]', 'services.web.ports[0]: This port has no target.'],
    ['ports: ["80:80/http"]', 'services.web.ports[0]: "80:80/http" names an unknown protocol.'],
    ['ports: ["80:80"]\ndeploy: {endpoint_mode: dnsrr}', 'services.web.ports: With `endpoint_mode: dnsrr` no port'],
    ['volumes: ["other:/x"]', 'services.web.volumes[0]: There is no volume "other".'],
    ['volumes: ["/etc:/x"]', 'services.web.volumes[0]: This mounts a folder of the node'],
    ['volumes: ["/srv/../etc:/x"]', 'services.web.volumes[0]: This mounts a folder of the node'],
    ['volumes: ["/srvx:/x"]', 'services.web.volumes[0]: This mounts a folder of the node'],
    ['volumes: ["~/x:/x"]', 'services.web.volumes[0]: A home folder means nothing'],
    ['volumes: ["data:x"]', 'services.web.volumes[0]: The path inside the container must begin with "/".'],
    ['volumes: ["data:/x", "/srv:/x/"]', 'services.web.volumes: Two mounts have the same target'],
    ['volumes: ["data:/x:z"]', 'services.web.volumes[0]: A Swarm does not relabel folders.'],
    ['volumes: [{type: npipe, source: a, target: /x}]', 'services.web.volumes[0].type: Mounts of type "npipe"'],
    [
      'volumes: [{type: volume, source: data, target: /x, bind: {propagation: shared}}]',
      'services.web.volumes[0].bind: These options are for mounts of type bind',
    ],
    ['networks: [other]', 'services.web.networks[0]: There is no network "other".'],
    ['networks: {back: {ipv4_address: 10.0.0.1}}', 'services.web.networks.back.ipv4_address: Tasks come and go'],
    ['secrets: [other]', 'services.web.secrets[0]: There is no secret "other".'],
    ['configs: [{source: conf, mode: "999"}]', 'services.web.configs[0].mode: "999" is not a file mode.'],
    ['cap_add: [SYS_ADMIN]', 'services.web.cap_add[0]: The operator does not allow services to add CAP_SYS_ADMIN.'],
    ['cap_add: [ALL]', 'services.web.cap_add[0]: The operator does not allow services to add ALL.'],
    ['stop_grace_period: 1 day', 'services.web.stop_grace_period: "1 day" is not a duration.'],
    ['mem_limit: lots', 'services.web.mem_limit: "lots" is not a size.'],
    [
      'mem_limit: 1g\ndeploy: {resources: {limits: {memory: 2g}}}',
      'services.web.mem_limit: This contradicts `deploy.resources.limits.memory`.',
    ],
    ['scale: 2\ndeploy: {replicas: 3}', 'services.web.scale: `scale` and `deploy.replicas` say different numbers.'],
    ['deploy: {mode: global, replicas: 2}', 'services.web.deploy.replicas: A global service runs once on every node'],
    ['deploy: {mode: some}', 'services.web.deploy.mode: There is no such deploy mode.'],
    ['deploy: {replicas: -1}', 'services.web.deploy.replicas: "-1" is out of range.'],
    [
      'deploy: {update_config: {failure_action: explode}}',
      'services.web.deploy.update_config.failure_action: "explode" is no failure action.',
    ],
    ['deploy: {placement: {constraints: [somewhere]}}', 'services.web.deploy.placement.constraints[0]: "somewhere" is not a constraint.'],
    ['restart: sometimes', 'services.web.restart: "sometimes" is no restart policy.'],
    ['healthcheck: {test: [curl]}', 'services.web.healthcheck.test: A list must begin with how to run it.'],
    ['healthcheck: {test: [CMD]}', 'services.web.healthcheck.test: This health check runs nothing.'],
    ['command: echo "open', 'services.web.command: A quote or a backslash is left open'],
    ['extra_hosts: ["a=host-gateway"]', 'services.web.extra_hosts[0]: A Swarm has no single host'],
    ['ulimits: {nofile: {soft: 3, hard: 2}}', 'services.web.ulimits.nofile: The soft limit is above the hard one.'],
    ['init: maybe', 'services.web.init: "maybe" is neither true nor false.'],
    ['env_file: none.env', 'services.web.env_file: This file does not exist.'],
    ['env_file: ../../etc/passwd', "services.web.env_file: This file lies outside the app's project folder."],
  ])('is refused: `%s`', (written, says) => {
    const result = read({ ...FILES, 'compose.yaml': web(written, REST) }, ALLOWED);
    const said = result.ok ? [] : result.findings.map(({ key, problem }) => `${key}: ${problem}`);
    expect(said.join('\n')).toContain(says);
  });

  it.each(Object.keys(SERVICE.refused))('is refused with its line when a Swarm cannot do it: `%s`', (key) => {
    const samples = [
      '[{path: /dev/sda, rate: 1}]',
      'host',
      '5',
      'true',
      '[a]',
      '{a: b}',
      '[{source: /dev/a}]',
      '[{command: [a]}]',
      '{config: a}',
      '{type: a}',
      '{weight: 5}',
      'all',
      '{a: {}}',
    ];
    const said = samples.map((sample) => read(web(`${key}: ${sample}`))).flatMap((result) => (result.ok ? [] : result.findings));
    const reason = SERVICE.refused[key]?.[0];
    expect(said).toContainEqual(
      expect.objectContaining({ file: 'shop/compose.yaml', line: 4, key: `services.web.${key}`, problem: reason }),
    );
  });

  it('never shows the value of a variable, which may be a secret', () => {
    const lines = `ports: ["\${PASSWORD}"]\nmem_limit: "\${PASSWORD}"\nstop_grace_period: "\${PASSWORD}"\nrestart: "\${PASSWORD}"\nvolumes: ["\${PASSWORD}:/x"]`;
    const result = read(web(lines), { variables: { PASSWORD: 'hunter2' } });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

describe('what is read but does less than it seems', () => {
  it.each<[written: string, says: string]>([
    ['entrypoint: []', 'services.web.entrypoint: A Swarm cannot empty it'],
    ['command: ""', 'services.web.command: A Swarm cannot empty it'],
    ['restart: "no"', 'services.web.restart: A Swarm restarts services whatever this says'],
    ['healthcheck: {disable: true, test: a}', 'services.web.healthcheck: The `test` is not run'],
    ['environment: {MASK: 0022}', 'services.web.environment.MASK: YAML reads 0022 as the number 18.'],
    ['volumes: ["data:/x:cached"]', 'services.web.volumes[0]: "cached" only matters on Docker Desktop.'],
    ['deploy: {update_config: {failure_action: rollback}}', 'services.web.deploy.update_config.failure_action: The engine pauses instead'],
    ['pull_policy: always', 'services.web.pull_policy: Images are pinned to a digest'],
    ['logging: {options: {a: "1"}}', "services.web.logging.options: These options go to each node's own logging driver."],
    ['depends_on: {}\nexpose: [80]', 'services.web.expose: Services on one network reach each other on every port'],
  ])('is warned about: `%s`', (written, says) => {
    expect(warnings({ ...FILES, 'compose.yaml': web(written, REST) }, ALLOWED).join('\n')).toContain(says);
  });
});
