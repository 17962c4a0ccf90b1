import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ComposeAppSource } from '../../../adapters/compose/compose-app-source.ts';
import type { AppSourceResult } from '../../../src/ports/app-source.ts';
import type { Workspace } from '../../../src/ports/workspace.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shipmate-compose-'));
  mkdirSync(join(folder, 'shop'));
  mkdirSync(join(folder, 'environments'));
  writeFileSync(join(folder, 'outside.txt'), 'not for the app');
  writeFileSync(
    join(folder, 'shop/compose.yaml'),
    `services:\n  web:\n    image: shop/web:\${VERSION:-1.0.0}\n    environment: {LEVEL: info}\n`,
  );
  writeFileSync(join(folder, 'environments/staging.yaml'), 'services: {web: {environment: {LEVEL: debug, REGION: $REGION}}}\n');
  writeFileSync(join(folder, 'environments/staging.env'), 'REGION=north\n');
  symlinkSync(join(folder, 'outside.txt'), join(folder, 'shop/inside.txt'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function workspace(overrides: readonly string[] = ['environments/staging.yaml']): Workspace {
  return {
    name: 'test',
    folder,
    development: true,
    groups: {},
    audit: { keepMs: null },
    workingHours: [],
    secondFactor: { firstFactor: 'open' },
    limits: { commandsPerMinute: 60, channelCommandsPerMinute: 300, deploymentsPerHour: 120 },
    apps: {
      shop: {
        name: 'shop',
        description: '',
        repository: null,
        composeFiles: [join(folder, 'shop/compose.yaml')],
        environments: {
          staging: {
            overrideFiles: overrides.map((name) => join(folder, name)),
            variables: {},
            envFiles: [join(folder, 'environments/staging.env')],
            profiles: [],
            channels: [],
          },
        },
        roles: { owner: [], admin: [], developer: [], viewer: [], incident: [] },
        subscriptions: [],
      },
    },
    environments: {},
    people: {},
    hooks: {},
    channels: [],
    engine: { allowBindMounts: [], allowAddedCapabilities: [], allowRootUser: false, encryptNetworks: false, probeImage: null },
  };
}

function read(overrides?: readonly string[], app = 'shop', environment = 'staging'): Promise<AppSourceResult> {
  const source = new ComposeAppSource({ workspace: workspace(overrides), fingerprint: () => '0123456789ab' });
  return source.read({ app, environment, version: null });
}

describe('an app on disk', () => {
  it('is read with its override file and env file', async () => {
    const result = await read();
    expect(result).toMatchObject({
      ok: true,
      version: '1.0.0',
      sourceCommit: null,
      spec: { stack: 'shop-staging', services: { web: { image: 'shop/web:1.0.0', environment: { LEVEL: 'debug', REGION: 'north' } } } },
    });
  });

  it('may not read outside its folder, not even through a symbolic link', async () => {
    writeFileSync(join(folder, 'environments/link.yaml'), 'services: {web: {secrets: [s]}}\nsecrets: {s: {file: inside.txt}}\n');
    const result = await read(['environments/link.yaml']);
    expect(result).toMatchObject({ ok: false, findings: [{ file: 'environments/link.yaml', line: 2, key: 'secrets.s.file' }] });
    expect(JSON.stringify(result)).toContain("outside the app's project folder");
  });

  it('has findings for a folder in the place of a file, and for a missing file', async () => {
    writeFileSync(join(folder, 'environments/odd.yaml'), 'services: {web: {env_file: [., none.env]}}\n');
    const result = await read(['environments/odd.yaml']);
    expect(result.ok ? [] : result.findings.map(({ problem }) => problem)).toEqual(['This is not a file.', 'This file does not exist.']);
    expect(await read(['environments/none.yaml'])).toMatchObject({ ok: false, findings: [{ file: 'environments/none.yaml', line: null }] });
  });

  it('that nobody knows is answered with what was probably meant', async () => {
    expect(await read([], 'shpo')).toMatchObject({ ok: false, findings: [{ file: 'shipmate.yml', remedy: 'Did you mean `shop`?' }] });
    expect(await read([], 'shop', 'stagign')).toMatchObject({
      ok: false,
      findings: [{ file: 'shipmate.yml', remedy: 'Did you mean `staging`?' }],
    });
    expect(await read([], 'constructor')).toMatchObject({ ok: false });
  });

  it('says which commit it was read from when its folder is a Git work tree', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', join(folder, 'shop'), '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        encoding: 'utf8',
      });
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '-m', 'one');
    const [result, head] = [await read(), git('rev-parse', 'HEAD').trim()];
    expect(result.ok && result.sourceCommit).toBe(head);
    // Nor is Git needed for that: our image has none.
    vi.stubEnv('PATH', '/nowhere');
    try {
      const without = await read();
      expect(without.ok && without.sourceCommit).toBe(head);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
