import { describe, expect, it } from 'vitest';
import { type SecretParts, scrubbedFor, secretsOf, secretsOfStack } from '../../../src/application/known-secrets.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { readLogs } from '../../../src/application/read-logs.ts';
import type { Release } from '../../../src/domain/release.ts';
import type { Database, DeploymentStore, ReleaseStore, Stores } from '../../../src/ports/database.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import { aDeployment, anApp, anObservedService, anObservedStack, aService, aStack, aWorkspace } from '../../support/builders.ts';
import { only } from '../../support/builders-parts.ts';

function aRelease(id: string, environment: Record<string, string>, secrets: readonly string[] = []): Release {
  const files = Object.fromEntries(
    secrets.map((key) => [key, { engineName: key, external: false, fingerprint: `print-${key}`, labels: {} }]),
  );
  const spec = aStack([aService('web', { environment })], { secrets: files });
  return { id, app: 'shop', environment: 'staging', version: '1.0.0', spec, specHash: 'h', sourceCommit: null, createdAt: 0 };
}

/** Sealed contents are the plain ones with a seal in front, bound to their fingerprint. */
function partsWith(contents: Record<string, string>, all: readonly Release[] = []): SecretParts {
  const releases = only<ReleaseStore>('releases', {
    contents: async (fingerprint) => {
      const plain = contents[fingerprint.replace('print-', '')];
      return plain === undefined ? null : Buffer.from(`${fingerprint}|${plain}`);
    },
    find: async (id) => all.find((release) => release.id === id) ?? null,
    currentRevision: async (stack) => ({
      stack,
      number: 1,
      releaseId: 'old',
      version: '1',
      deploymentId: 'd',
      activeFrom: 0,
      activeTo: null,
    }),
  });
  const deployments = only<DeploymentStore>('deployments', {
    queueOf: async () => [aDeployment({ releaseId: 'new' })],
    list: async () => [],
  });
  const open = (sealed: Uint8Array, boundTo: string): Uint8Array => Buffer.from(Buffer.from(sealed).toString().replace(`${boundTo}|`, ''));
  return { database: { stores: { releases, deployments } }, sealer: { open } };
}

describe('the secrets of a release', () => {
  it('are its variables under secret-looking keys, and no switches', async () => {
    const release = aRelease('r', { DB_PASSWORD: 'hunter2', LOG_LEVEL: 'debug', AUTH_ENABLED: 'true', STRIPE_KEY: '' });
    expect(await secretsOf(partsWith({}), release)).toEqual(['hunter2']);
  });

  it('are the opened contents of its secrets, as a whole, line by line, and what a line assigns', async () => {
    const release = aRelease('r', {}, ['env', 'gone']);
    const found = await secretsOf(partsWith({ env: 'HOST=db\nDB_PW="s3cret-1"\r\n' }), release);
    expect(found).toEqual(expect.arrayContaining(['HOST=db', 'DB_PW="s3cret-1"', 's3cret-1']));
    expect(found).not.toContain('db');
    expect(found).not.toContain('');
  });

  it('give way to dots in a message', async () => {
    const message = await scrubbedFor(partsWith({ db: 'hunter2\n' }), aRelease('r', {}, ['db']), 'It said: login with hunter2 failed');
    expect(message).toBe('It said: login with •••••• failed');
  });
});

describe('the secrets of a stack', () => {
  const releases = [aRelease('old', { API_TOKEN: 'token-old' }), aRelease('new', { API_TOKEN: 'token-new' })];

  it('are those of the current release and of the one that is being rolled out', async () => {
    expect(await secretsOfStack(partsWith({}, releases), 'shop-staging')).toEqual(['token-old', 'token-new']);
  });

  it('are not in the lines of /logs', async () => {
    const { database, sealer } = partsWith({}, releases);
    const line = { service: 'web', task: 't', stream: 'stdout', at: null } as const;
    const observed = anObservedStack({ services: [anObservedService(aService('web'))] });
    const parts = only<Parts>('parts', {
      workspace: () => aWorkspace({ apps: { shop: anApp('shop') } }),
      database: only<Database>('database', { stores: only<Stores>('stores', database.stores as Partial<Stores>) }),
      sealer: only<Parts['sealer']>('sealer', sealer),
      orchestrator: only<Orchestrator>('orchestrator', {
        observe: async () => observed,
        logs: async () => [
          { ...line, text: 'old token-old' },
          { ...line, text: 'new token-new' },
        ],
      }),
    });
    const person = { id: 'olga', name: 'Olga' };
    expect(await readLogs(parts, { person, app: 'shop', environment: 'staging', service: null, tail: 10 })).toEqual({
      services: ['web'],
      lines: [
        { ...line, text: 'old ••••••' },
        { ...line, text: 'new ••••••' },
      ],
    });
  });
});
