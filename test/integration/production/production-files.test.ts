import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createLogger } from '../../../adapters/pino/create-logger.ts';
import { PrometheusMetrics } from '../../../adapters/prometheus/prometheus-metrics.ts';
import { ENVIRONMENT_VARIABLES } from '../../../src/config/environment-variables.ts';
import { freePort } from '../../support/redis.ts';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

type Service = {
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly disable?: boolean };
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly deploy?: { readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> } };
};
type ComposeFile = { readonly services: Readonly<Record<string, Service>> };

const FILES = ['compose.yaml', 'compose.slack.yaml', 'compose.discord.yaml', 'compose.github.yaml'] as const;
const compose = parse(read('compose.yaml'), { merge: true }) as ComposeFile;

describe('compose.yaml for production', () => {
  it.each(FILES)('%s is valid by the Compose Specification', (file) => {
    const { $schema: _, ...schema } = JSON.parse(read('adapters/compose/schemas/compose-spec.json'));
    const isValid = new Ajv({ strict: false, allErrors: true, logger: false }).compile(schema);
    expect(isValid(parse(read(file), { merge: true })) ? [] : isValid.errors).toEqual([]);
  });

  it.each(Object.entries(compose.services))('runs %s hardened and within limits', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(Object.keys(service.deploy?.resources?.limits ?? {})).toEqual(['cpus', 'memory', 'pids']);
  });

  it('runs no service as root: each names its user, or the image of Shipmate does', () => {
    const unnamed = Object.entries(compose.services).filter(([, { user }]) => user === undefined);
    expect(unnamed.map(([name]) => name)).toEqual(['migrate', 'bot', 'worker']);
    expect(read('Dockerfile')).toMatch(/^USER 10001:10001$/m);
  });

  it('gives the address of the tables’ owner to the migrations only, and lets the others wait for them', () => {
    const owners = Object.entries(compose.services).filter(([, { secrets }]) => secrets?.includes('database_migration_url'));
    expect(owners.map(([name]) => name)).toEqual(['migrate']);
    for (const name of ['bot', 'worker']) {
      expect(compose.services[name]?.depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } });
      expect(compose.services[name]?.secrets).not.toContain('database_migration_url');
    }
  });

  it('keeps the queue: Redis appends to its file and never evicts', () => {
    expect(compose.services['redis']?.command).toEqual(expect.arrayContaining(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']));
  });

  it('Redis asks for the password that ops/make-secrets.sh makes, and its address has it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shipmate-secrets-'));
    await cp(join(root, 'ops'), join(folder, 'ops'), { recursive: true });
    await run(join(folder, 'ops/make-secrets.sh'), [], { cwd: folder });
    const secret = (name: string) => readFile(join(folder, 'secrets', name), 'utf8');
    const url = new URL(await secret('redis_url'));
    expect(url.hostname).toBe('redis');
    expect(url.password).toMatch(/^[0-9a-f]{48}$/);
    expect(compose.services['redis']?.command?.slice(0, 2)).toEqual(['redis-server', '/run/secrets/redis_config']);

    const port = await freePort();
    const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const server = spawn('redis-server', [join(folder, 'secrets/redis_config'), ...place], { stdio: 'ignore' });
    const ping = async (known: { password?: string }) => {
      const client = new Redis({ host: '127.0.0.1', port, ...known, retryStrategy: () => 50, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      return client.ping().finally(() => client.disconnect());
    };
    try {
      expect(await ping({ password: url.password })).toBe('PONG');
      await expect(ping({})).rejects.toThrow('NOAUTH');
    } finally {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    }
  });

  it.each(FILES)('%s sets only variables that Shipmate knows', (file) => {
    const { services } = parse(read(file), { merge: true }) as ComposeFile;
    const known = ENVIRONMENT_VARIABLES.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
    for (const name of ['migrate', 'bot', 'worker'])
      expect(known).toEqual(expect.arrayContaining(Object.keys(services[name]?.environment ?? {})));
  });
});

describe('ops/prometheus/alerts.yml', () => {
  it('asks only for metrics that exist', async () => {
    const metrics = new PrometheusMetrics(
      {
        openDeployments: async () => ({ queued: 0 }),
        queue: async () => ({ waiting: 0, active: 0, failed: 0 }),
        containers: async () => [],
      },
      createLogger({ level: 'silent', pretty: false }),
    );
    const exposed = await metrics.text();
    const asked = new Set(
      [...read('ops/prometheus/alerts.yml').matchAll(/\bshipmate_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')),
    );
    expect(asked.size).toBeGreaterThan(3);
    for (const name of asked) expect(exposed).toContain(`# TYPE ${name} `);
  });
});
