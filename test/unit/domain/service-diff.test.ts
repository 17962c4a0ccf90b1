import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffService, holdsSecret, imageText, isSecretKey } from '../../../src/domain/service-diff.ts';
import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import { aService, pinned } from '../../support/builders.ts';

const HIDDEN = '••••••';

type Members = Partial<ServiceSpec>;

/** Every member of a specification, two values of it, and what a person reads. */
const FIELDS: readonly (readonly [Members, Members, path: string, before: string | null, after: string | null])[] = [
  [{ entrypoint: ['/a'] }, { entrypoint: ['/b'] }, 'entrypoint', '["/a"]', '["/b"]'],
  [{}, { command: ['serve'] }, 'command', null, '["serve"]'],
  [{ environment: { LEVEL: 'info' } }, { environment: { LEVEL: 'debug' } }, 'environment.LEVEL', 'info', 'debug'],
  [{ environment: { LEVEL: 'info' } }, {}, 'environment.LEVEL', 'info', null],
  [{}, { environment: { PROXY: null } }, 'environment.PROXY', null, 'null'],
  [{}, { mode: { kind: 'replicated', replicas: 4 } }, 'deploy.mode.replicas', '1', '4'],
  [{}, { labels: { team: 'a' } }, 'deploy.labels.team', null, 'a'],
  [{ containerLabels: { team: 'a' } }, {}, 'labels.team', 'a', null],
  [{}, { user: '1000' }, 'user', null, '1000'],
  [{}, { groups: ['staff'] }, 'group_add', null, '["staff"]'],
  [{ workingDir: '/a' }, { workingDir: '/b' }, 'working_dir', '/a', '/b'],
  [{}, { hostname: 'web' }, 'hostname', null, 'web'],
  [{}, { tty: true }, 'tty', null, 'true'],
  [{}, { openStdin: true }, 'stdin_open', null, 'true'],
  [{ readOnly: true }, {}, 'read_only', 'true', null],
  [{}, { init: true }, 'init', null, 'true'],
  [{}, { stopSignal: 'SIGINT' }, 'stop_signal', null, 'SIGINT'],
  [{ stopGracePeriodMs: 10_000 }, { stopGracePeriodMs: 500 }, 'stop_grace_period', '10000', '500'],
  [{}, { capAdd: ['NET_ADMIN'] }, 'cap_add', null, '["NET_ADMIN"]'],
  [{}, { capDrop: ['ALL'] }, 'cap_drop', null, '["ALL"]'],
  [{}, { sysctls: { 'net.core.somaxconn': '1' } }, 'sysctls.net.core.somaxconn', null, '1'],
  [{}, { ulimits: [{ name: 'nofile', soft: 1, hard: 2 }] }, 'ulimits', null, '[{"hard":2,"name":"nofile","soft":1}]'],
  [{}, { extraHosts: [{ host: 'db', address: '::1' }] }, 'extra_hosts', null, '[{"address":"::1","host":"db"}]'],
  [
    { dns: { servers: ['1.1.1.1'], search: [], options: [] } },
    { dns: { servers: [], search: [], options: [] } },
    'dns.servers',
    '["1.1.1.1"]',
    '[]',
  ],
  [{}, { isolation: 'default' }, 'isolation', null, 'default'],
  [
    {},
    { mounts: [{ type: 'tmpfs', target: '/tmp', readOnly: false }] },
    'volumes',
    '[]',
    '[{"readOnly":false,"target":"/tmp","type":"tmpfs"}]',
  ],
  [{}, { networks: [{ network: 'n', aliases: [] }] }, 'networks', '[]', '[{"aliases":[],"network":"n"}]'],
  [{}, { ports: [{ target: 80, protocol: 'tcp', mode: 'host' }] }, 'ports', '[]', '[{"mode":"host","protocol":"tcp","target":80}]'],
  [{}, { endpointMode: 'dnsrr' }, 'deploy.endpoint_mode', null, 'dnsrr'],
  [{}, { healthcheck: { disabled: true } }, 'healthcheck.disabled', null, 'true'],
  [{}, { limits: { memoryBytes: 1024 } }, 'deploy.resources.limits.memoryBytes', null, '1024'],
  [{ reservations: { cpus: 0.5 } }, {}, 'deploy.resources.reservations.cpus', '0.5', null],
  [{}, { restart: { condition: 'any' } }, 'deploy.restart_policy.condition', null, 'any'],
  [
    { placement: { constraints: [], preferences: [] } },
    { placement: { constraints: ['node.role==worker'], preferences: [] } },
    'deploy.placement.constraints',
    '[]',
    '["node.role==worker"]',
  ],
  [{}, { update: { parallelism: 2 } }, 'deploy.update_config.parallelism', null, '2'],
  [{}, { rollback: { parallelism: 2 } }, 'deploy.rollback_config.parallelism', null, '2'],
  [
    {},
    { secrets: [{ source: 'db_password', target: 'db_password', uid: '0', gid: '0', mode: 292 }] },
    'secrets',
    '[]',
    '[{"gid":"0","mode":292,"source":"db_password","target":"db_password","uid":"0"}]',
  ],
  [
    {},
    { configs: [{ source: 'c', target: '/c', uid: '0', gid: '0', mode: 292 }] },
    'configs',
    '[]',
    '[{"gid":"0","mode":292,"source":"c","target":"/c","uid":"0"}]',
  ],
  [{}, { logging: { driver: 'local', options: {} } }, 'logging.driver', null, 'local'],
];

/** Does not compile when a specification gets a member that is missing here. */
const COMPARED: Readonly<Record<Exclude<keyof ServiceSpec, 'name' | 'image' | 'pinnedImage'>, true>> = {
  ...{ entrypoint: true, command: true, environment: true, mode: true, labels: true, containerLabels: true, user: true, groups: true },
  ...{ workingDir: true, hostname: true, tty: true, openStdin: true, readOnly: true, init: true, stopSignal: true, isolation: true },
  ...{ stopGracePeriodMs: true, capAdd: true, capDrop: true, sysctls: true, ulimits: true, extraHosts: true, dns: true, mounts: true },
  ...{ networks: true, ports: true, endpointMode: true, healthcheck: true, limits: true, reservations: true, restart: true },
  ...{ placement: true, update: true, rollback: true, secrets: true, configs: true, logging: true },
};

describe('diffService', () => {
  it.each(FIELDS)('says what changed from %j to %j as %s', (before, after, path, was, becomes) => {
    expect(diffService(aService('web', before), aService('web', after))).toEqual([{ path, before: was, after: becomes, hidden: false }]);
  });

  it('compares every member of a specification', () => {
    const covered = new Set(FIELDS.flatMap(([before, after]) => [...Object.keys(before), ...Object.keys(after)]));
    expect([...covered].sort()).toEqual(Object.keys(COMPARED).sort());
  });

  it('finds no difference between equal specifications, whatever the order of their members', () => {
    const before = aService('web', { environment: { A: '1', B: '2' } });
    const after = aService('web', { environment: { B: '2', A: '1' } });
    expect(diffService(before, after)).toEqual([]);
    expect(diffService(aService('web', { limits: {} }), aService('web'))).toEqual([]);
  });

  it('compares images by what would run, not by their tag', () => {
    const before = aService('web', {}, '1.0.0');
    expect(diffService(before, { ...before, image: 'example/web:latest' })).toEqual([]);
    expect(diffService(before, aService('web', {}, '1.1.0'))).toEqual([
      {
        path: 'image',
        before: 'example/web:1.0.0 (sha256:7765623a312e)',
        after: 'example/web:1.1.0 (sha256:7765623a312e)',
        hidden: false,
      },
    ]);
  });

  it('takes any engine setting that a specification has no word for as a difference', () => {
    const spec = aService('web');
    expect(diffService(spec, spec, { 'TaskTemplate.LogDriver.Name': 'gelf' })).toEqual([
      { path: 'engine.TaskTemplate.LogDriver.Name', before: 'gelf', after: null, hidden: false },
    ]);
  });

  it('reads variables that are named like members of every object', () => {
    const changes = diffService(aService('web'), aService('web', { environment: { constructor: 'x', toString: 'y' } }));
    expect(changes.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['environment.constructor', null, 'x'],
      ['environment.toString', null, 'y'],
    ]);
  });

  it.each([
    'DB_PASSWORD',
    'PGPASSWORD',
    'REDIS_PASSWD',
    'SSH_PASSPHRASE',
    'CLIENT_SECRET',
    'GITHUB_TOKEN',
    'GOOGLE_CREDENTIALS',
    'STRIPE_API_KEY',
    'STRIPE_APIKEY',
    'PRIVATE_KEY',
    'BASIC_AUTH',
    'SENTRY_DSN',
    'DATABASE_URL',
    'session_key',
  ])('hides the value of %s, and still tells given from absent and changed', (key) => {
    const path = `environment.${key}`;
    const given = (value: string): ServiceSpec => aService('web', { environment: { [key]: value } });
    expect(diffService(given('a'), given('b'))).toEqual([{ path, before: HIDDEN, after: HIDDEN, hidden: true }]);
    expect(diffService(aService('web'), given('b'))).toEqual([{ path, before: null, after: HIDDEN, hidden: true }]);
    expect(diffService(given('a'), aService('web'))).toEqual([{ path, before: HIDDEN, after: null, hidden: true }]);
  });

  it.each([
    'postgres://shop:hunter2@db/shop',
    'redis://:hunter2@cache:6379/0',
    'amqp://shop:hun/ter2@mq',
    'see https://a:hunter2@example.com/ for more',
    '--requirepass hunter2',
    '--db-password=hunter2',
    'user=a;Password = hunter2',
    '{"token":"hunter2"}',
  ])('hides a value that holds a secret whatever its name is: %s', (value) => {
    const variable = diffService(aService('web'), aService('web', { environment: { UPSTREAM: value } }));
    expect(variable).toEqual([{ path: 'environment.UPSTREAM', before: null, after: HIDDEN, hidden: true }]);
    const argument = diffService(aService('web', { command: ['serve', ...value.split(' ')] }), aService('web'));
    expect(argument).toEqual([{ path: 'command', before: HIDDEN, after: null, hidden: true }]);
  });

  it('shows addresses and words that hold no secret', () => {
    const environment = { UPSTREAM: 'http://api:8080/path', NOTE: 'passive mode, tokenizer on' };
    expect(diffService(aService('web'), aService('web', { environment })).every((change) => !change.hidden)).toBe(true);
  });

  it('never says a secret, wherever people put it', () => {
    const canary = 'c4n4ry';
    const places: readonly ((secret: string) => Members)[] = [
      (secret) => ({ environment: { DB_PASSWORD: secret } }),
      (secret) => ({ environment: { UPSTREAM: `https://u:${secret}@example.com` } }),
      (secret) => ({ command: ['serve', '--password', secret] }),
      (secret) => ({ entrypoint: ['serve', `--token=${secret}`] }),
      (secret) => ({ command: ['migrate', `postgres://u:${secret}@db/shop`] }),
      (secret) => ({ labels: { 'traefik.http.middlewares.a.basicauth.users': `admin:${secret}` } }),
      (secret) => ({ containerLabels: { 'agent.api_key': secret } }),
      (secret) => ({ logging: { driver: 'splunk', options: { 'splunk-token': secret } } }),
      (secret) => ({ logging: { driver: 'gelf', options: { 'gelf-address': `udp://u:${secret}@log` } } }),
      (secret) => ({ healthcheck: { disabled: false, test: ['CMD-SHELL', `curl -f http://u:${secret}@localhost`] } }),
      (secret) => ({
        mounts: [
          {
            type: 'volume',
            source: 'd',
            target: '/d',
            readOnly: false,
            driverOptions: { type: 'cifs', o: `username=u,password=${secret}` },
          },
        ],
      }),
      (secret) => ({ networks: [{ network: 'n', aliases: [], driverOptions: { 'auth.token': secret } }] }),
    ];
    const anySpec = fc
      .subarray([...places])
      .map((some) => (secret: string) => aService('web', Object.assign({}, ...some.map((put) => put(secret)))));
    const unmodelled = fc.constantFrom<Record<string, string>>(
      {},
      { 'Spec.RegistryAuth': canary },
      { 'Spec.Note': `https://u:${canary}@h` },
    );
    fc.assert(
      fc.property(anySpec, anySpec, unmodelled, (before, after, extra) => {
        expect(JSON.stringify(diffService(before(`${canary}-1`), after(`${canary}-2`), extra))).not.toContain(canary);
      }),
    );
  });

  it.each(['STRIPE_KEY', 'ACCESS_KEY', 'SIGNING_KEY', 'SIGNING_KEYS', 'DB_PW', 'CARD_PIN', 'GH_PAT', 'tls.key', 'key', 'KEY-ID'])(
    'takes %s for the name of a secret',
    (key) => {
      expect(isSecretKey(key)).toBe(true);
      expect(diffService(aService('web'), aService('web', { environment: { [key]: 'hunter2' } }))).toEqual([
        { path: `environment.${key}`, before: null, after: HIDDEN, hidden: true },
      ]);
    },
  );

  it.each(['KEYBOARD', 'MONKEY', 'SPIN', 'PATH', 'PATTERN', 'LOG_LEVEL', 'PWD'])('takes %s for an ordinary name', (key) => {
    expect(isSecretKey(key)).toBe(false);
  });

  it.each([
    ['sk_', 'live_', '4eC39HqLyjWDarjt'],
    ['sk_', 'test_', '4eC39HqLyjWDarjt'],
    ['AK', 'IA', 'ABCDEFGHIJKLMNOP'],
    ['gh', 'p_', '16C7e42F292c6912E7710c838347Ae178B4a'],
    ['gh', 'o_', '16C7e42F292c6912E7710c838347Ae178B4a'],
    ['github', '_pat_', '11ABCDEFG0123456789'],
    ['xo', 'xb-', '1234567890-abcdef'],
    ['xo', 'xp-', '1234567890-abcdef'],
    ['ey', 'JhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
    ['-----BEGIN ', 'RSA PRIVATE', ' KEY-----'],
  ])('hides a value that begins with %s%s, whatever it is called', (...parts) => {
    const value = parts.join('');
    expect(holdsSecret(value)).toBe(true);
    const shown = diffService(aService('web'), aService('web', { environment: { NOTE: value }, command: ['serve', value] }));
    expect(JSON.stringify(shown)).not.toContain(value);
  });

  it.each(['shop/web:1.0.0', 'https://example.org/a', 'risk_live_data', 'desk_test_', 'eyJust', 'info'])('shows %s', (value) => {
    expect(holdsSecret(value)).toBe(false);
  });

  it('is empty exactly when nothing differs, and the way back has the same paths', () => {
    const anySpec = fc
      .record({
        environment: fc.dictionary(fc.string(), fc.option(fc.string())),
        labels: fc.dictionary(fc.string(), fc.string()),
        command: fc.array(fc.string()),
        version: fc.constantFrom('1', '2'),
      })
      .map(({ version, ...members }) => aService('web', members, version));
    fc.assert(
      fc.property(anySpec, anySpec, (a, b) => {
        expect(diffService(a, a)).toEqual([]);
        const paths = diffService(a, b).map((change) => change.path);
        expect(diffService(b, a).map((change) => change.path)).toEqual(paths);
      }),
    );
  });
});

describe('imageText', () => {
  it('shows the tag people know and the start of the digest that counts', () => {
    const pinnedImage = pinned('web', '1.0.0');
    expect(imageText({ image: 'example/web:1.0.0', pinnedImage })).toBe('example/web:1.0.0 (sha256:7765623a312e)');
    expect(imageText({ image: pinnedImage, pinnedImage })).toBe('example/web:1.0.0 (sha256:7765623a312e)');
    expect(imageText({ image: 'example/web:1.0.0' })).toBe('example/web:1.0.0');
  });
});
