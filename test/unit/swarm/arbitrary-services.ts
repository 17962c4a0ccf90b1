import fc from 'fast-check';
import { DEFAULT_RELEASE_SETTINGS } from '../../../src/domain/release-settings.ts';
import type { MountSpec, ServiceMode, ServiceSpec } from '../../../src/domain/service-spec.ts';
import type { StackSpec } from '../../../src/domain/stack-spec.ts';

/** Services as people may write them, over a stack whose objects have regular, custom and external names. */

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const text = fc.string({ minLength: 0, maxLength: 12, unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
const someText = text.filter((value) => value !== '');
const labels = fc.dictionary(word, text, { maxKeys: 3, noNullPrototype: true });
const ms = fc.integer({ min: 1, max: 100_000_000 }).map((n) => n / 100);

export const STACK: StackSpec = {
  app: 'shop',
  environment: 'staging',
  stack: 'shop-staging',
  services: {},
  networks: {
    default: network('shop-staging_default', false),
    back: network('shop-staging_back', false),
    custom: network('company-net', false),
    edge: network('public-edge', true),
  },
  volumes: {
    data: { engineName: 'shop-staging_data', external: false, driverOptions: {}, labels: {} },
    files: { engineName: 'old-files', external: false, driver: 'nfs', driverOptions: { addr: '10.0.0.1' }, labels: { keep: 'yes' } },
    shared: { engineName: 'shared', external: true, driverOptions: {}, labels: {} },
  },
  secrets: { password: fileObject('shop-staging_password_0123456789abcdef', false), license: fileObject('company-license', true) },
  configs: { nginx: fileObject('shop-staging_nginx_fedcba9876543210', false), named: fileObject('special_fedcba9876543210', false) },
  dependencies: {},
  settings: DEFAULT_RELEASE_SETTINGS,
};

function network(engineName: string, external: boolean) {
  return { engineName, external, driver: 'overlay', driverOptions: {}, labels: {}, attachable: false, internal: false };
}

function fileObject(engineName: string, external: boolean) {
  return { engineName, external, fingerprint: external ? '' : '0123456789abcdef', labels: {} };
}

const mount: fc.Arbitrary<MountSpec> = fc.oneof(
  fc.record(
    {
      type: fc.constant('volume' as const),
      source: fc.constantFrom('data', 'files', 'shared'),
      target: word.map((name) => `/${name}`),
      readOnly: fc.boolean(),
      noCopy: fc.boolean(),
    },
    { requiredKeys: ['type', 'target', 'readOnly'] },
  ),
  fc.record(
    {
      type: fc.constant('bind' as const),
      source: word.map((name) => `/srv/${name}`),
      target: word.map((name) => `/${name}`),
      readOnly: fc.boolean(),
      propagation: fc.constantFrom('rslave', 'rprivate'),
    },
    { requiredKeys: ['type', 'source', 'target', 'readOnly'] },
  ),
  fc.record(
    {
      type: fc.constant('tmpfs' as const),
      target: word.map((name) => `/${name}`),
      readOnly: fc.boolean(),
      sizeBytes: fc.nat(),
      mode: fc.nat(0o777),
    },
    { requiredKeys: ['type', 'target', 'readOnly'] },
  ),
);

const mode: fc.Arbitrary<ServiceMode> = fc.oneof(
  fc.record({ kind: fc.constant('replicated' as const), replicas: fc.nat(20) }),
  fc.constant({ kind: 'global' as const }),
  fc.record(
    {
      kind: fc.constant('replicated-job' as const),
      replicas: fc.integer({ min: 1, max: 5 }),
      maxConcurrent: fc.integer({ min: 1, max: 5 }),
    },
    { requiredKeys: ['kind', 'replicas'] },
  ),
  fc.constant({ kind: 'global-job' as const }),
);

const update = fc.record(
  {
    parallelism: fc.nat(5),
    delayMs: ms,
    failureAction: fc.constantFrom('pause' as const, 'continue' as const),
    monitorMs: ms,
    maxFailureRatio: fc.constantFrom(0.1, 0.25, 1),
    order: fc.constantFrom('stop-first' as const, 'start-first' as const),
  },
  { requiredKeys: ['parallelism'] },
);

const fileUse = (...sources: string[]) =>
  fc.uniqueArray(
    fc.record({
      source: fc.constantFrom(...sources),
      target: word,
      uid: fc.constantFrom('0', '1000'),
      gid: fc.constant('0'),
      mode: fc.nat(0o777),
    }),
    { maxLength: 3, selector: (use) => `${use.source}:${use.target}` },
  );

const list = fc.array(someText, { minLength: 1, maxLength: 3 });
const digest = 'a'.repeat(64);

export const arbitraryService: fc.Arbitrary<ServiceSpec> = fc.record(
  {
    name: word,
    image: word.map((name) => `registry.example/${name}:1.0`),
    pinnedImage: fc.constantFrom(`registry.example/x:1.0@sha256:${digest}`, `sha256:${digest}`),
    entrypoint: list,
    command: list,
    environment: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,6}$/), fc.option(text, { nil: null }), { maxKeys: 4, noNullPrototype: true }),
    labels,
    containerLabels: labels,
    user: word,
    groups: fc.array(word, { minLength: 1, maxLength: 2 }),
    workingDir: word.map((name) => `/${name}`),
    hostname: word,
    tty: fc.boolean(),
    openStdin: fc.boolean(),
    readOnly: fc.boolean(),
    init: fc.boolean(),
    stopSignal: fc.constantFrom('SIGINT', 'SIGQUIT'),
    stopGracePeriodMs: fc.oneof(ms, fc.constant(0)),
    capAdd: fc.array(fc.constantFrom('NET_ADMIN', 'cap_sys_time', 'ALL'), { maxLength: 3 }),
    capDrop: fc.array(fc.constantFrom('NET_ADMIN', 'chown', 'ALL'), { maxLength: 3 }),
    sysctls: fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true }),
    ulimits: fc.uniqueArray(fc.record({ name: fc.constantFrom('nofile', 'nproc', 'core'), soft: fc.nat(100), hard: fc.nat(200) }), {
      maxLength: 3,
      selector: (limit) => limit.name,
    }),
    extraHosts: fc.array(fc.record({ host: word, address: fc.constantFrom('10.0.0.7', '::1') }), { maxLength: 2 }),
    dns: fc.record({
      servers: fc.array(fc.constant('10.0.0.53'), { maxLength: 1 }),
      search: fc.array(word, { maxLength: 2 }),
      options: fc.array(word, { maxLength: 1 }),
    }),
    isolation: fc.constantFrom('default', 'process'),
    mounts: fc.array(mount, { maxLength: 3 }),
    networks: fc.uniqueArray(
      fc.record(
        { network: fc.constantFrom('default', 'back', 'custom', 'edge'), aliases: fc.array(word, { maxLength: 2 }), driverOptions: labels },
        { requiredKeys: ['network', 'aliases'] },
      ),
      { maxLength: 3, selector: (use) => use.network },
    ),
    ports: fc.array(
      fc.record(
        {
          target: fc.integer({ min: 1, max: 65_535 }),
          published: fc.integer({ min: 1, max: 65_535 }),
          protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
          mode: fc.constantFrom('ingress' as const, 'host' as const),
        },
        { requiredKeys: ['target', 'protocol', 'mode'] },
      ),
      { maxLength: 3 },
    ),
    endpointMode: fc.constantFrom('vip' as const, 'dnsrr' as const),
    healthcheck: fc.oneof(
      fc.constant({ disabled: true as const }),
      fc.record(
        {
          disabled: fc.constant(false as const),
          test: fc.constantFrom<readonly string[]>([], ['CMD', 'true'], ['CMD-SHELL', 'exit 0']),
          intervalMs: ms,
          timeoutMs: ms,
          startPeriodMs: ms,
          retries: fc.integer({ min: 1, max: 9 }),
        },
        { requiredKeys: ['disabled', 'test'] },
      ),
    ),
    mode,
    limits: fc.record(
      {
        cpus: fc.constantFrom(0.1, 0.29, 1.5, 2),
        memoryBytes: fc.integer({ min: 1, max: 2 ** 40 }),
        pids: fc.integer({ min: 1, max: 999 }),
      },
      { requiredKeys: [] },
    ),
    reservations: fc.record(
      {
        cpus: fc.constantFrom(0.05, 1),
        memoryBytes: fc.integer({ min: 1, max: 2 ** 40 }),
        generic: fc.array(fc.record({ kind: word, value: fc.integer({ min: 1, max: 9 }) }), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    restart: fc.record(
      {
        condition: fc.constantFrom('none' as const, 'on-failure' as const, 'any' as const),
        delayMs: fc.oneof(ms, fc.constant(0)),
        maxAttempts: fc.nat(5),
        windowMs: ms,
      },
      { requiredKeys: ['condition'] },
    ),
    placement: fc.record(
      {
        constraints: fc.array(
          word.map((name) => `node.labels.zone == ${name}`),
          { maxLength: 2 },
        ),
        preferences: fc.array(
          word.map((name) => `node.labels.${name}`),
          { maxLength: 2 },
        ),
        maxReplicasPerNode: fc.integer({ min: 1, max: 4 }),
      },
      { requiredKeys: ['constraints', 'preferences'] },
    ),
    update,
    rollback: update,
    secrets: fileUse('password', 'license'),
    configs: fileUse('nginx', 'named'),
    logging: fc.record({ driver: fc.constantFrom('json-file', 'syslog'), options: labels }),
  },
  {
    requiredKeys: [
      'name',
      'image',
      'environment',
      'labels',
      'containerLabels',
      'mounts',
      'networks',
      'ports',
      'mode',
      'secrets',
      'configs',
    ],
  },
);
