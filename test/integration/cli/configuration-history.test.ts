import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AesSealer } from '../../../adapters/crypto/aes-sealer.ts';
import { parseKeys } from '../../../adapters/crypto/keys.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { diagnose } from '../../../src/application/diagnose.ts';
import { type ConfigurationParts, keepConfiguration, openConfiguration } from '../../../src/application/keep-configuration.ts';
import { diffFiles } from '../../../src/cli/config/diff-files.ts';
import { restoreVersion } from '../../../src/cli/config/restore-version.ts';
import { LiveWorkspace } from '../../../src/cli/live-workspace.ts';
import { StartRefused } from '../../../src/cli/start-refused.ts';
import type { ConfigurationSource } from '../../../src/ports/configuration-history.ts';
import { someParts } from '../../support/builders-parts.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';

const text = (name: string) => `workspace: ${name}
people: { ada: }
environments: { staging: }
apps:
  shop:
    compose: compose.yaml
    environments:
      staging: { env_files: [staging.env] }
    roles: { owner: ada }
`;

let test: TestDatabase;
let folder: string;
let settings: { configFile: string; host: string };
let parts: ConfigurationParts;

beforeEach(async () => {
  test = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'shipmate-history-'));
  settings = { configFile: join(folder, 'shipmate.yml'), host: '127.0.0.1' };
  const sealer = new AesSealer(parseKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`));
  parts = { database: test.database, sealer, clock: systemClock, logger: silentLogger };
  put('shipmate.yml', text('first'));
  put('compose.yaml', 'services: {}\n');
  put('staging.env', 'DB_PASSWORD=hunter2\nLEVEL=1\n');
});
afterEach(async () => {
  await test.drop();
  rmSync(folder, { recursive: true });
});

const put = (name: string, content: string) => writeFileSync(join(folder, name), content);
const at = (name: string) => readFileSync(join(folder, name), 'utf8');
/** Keeps what stands there as Shipmate does when it reads it; the number that it has. */
async function keep(source: ConfigurationSource = 'reload'): Promise<number | undefined> {
  const { files } = new LiveWorkspace(settings.configFile, silentLogger);
  return (await keepConfiguration(parts, [{ files, source }]))[0]?.number;
}
const history = () => test.database.stores.configuration;
const records = async () =>
  (await test.database.stores.audit.list({ subject: 'configuration', limit: 20 })).map(({ action, details }) => [
    action,
    details['version'],
  ]);

describe('versions of the configuration', () => {
  it('are made of what came into force, once for each content, with an audit record', async () => {
    expect(await keep('start')).toBe(1);
    expect(await keep()).toBe(1);
    put('shipmate.yml', text('second'));
    expect(await keep()).toBe(2);
    put('staging.env', 'DB_PASSWORD=hunter3\n');
    expect(await keep()).toBe(3);
    expect(await records()).toEqual([
      ['configuration.reload', 3],
      ['configuration.reload', 2],
      ['configuration.start', 1],
    ]);
  });

  it('are made once when several processes see the same change', async () => {
    const { files } = new LiveWorkspace(settings.configFile, silentLogger);
    const other = { ...parts, database: test.another() };
    await Promise.all([parts, other, parts, other].map((own) => keepConfiguration(own, [{ files, source: 'start' }])));
    expect(await history().list(10)).toHaveLength(1);
    expect(await records()).toHaveLength(1);
  });

  it('are sealed: nothing in the database can be read, and all comes back', async () => {
    await keep('start');
    const version = await history().find(1);
    if (version === null) throw new Error('there should be a version');
    expect(Buffer.from(version.sealed).toString('latin1')).not.toContain('hunter2');
    expect(JSON.stringify(await test.database.stores.audit.list({ limit: 10 }))).not.toContain('hunter2');
    expect(openConfiguration(parts, version).map(({ path }) => path)).toEqual(['shipmate.yml', 'compose.yaml', 'staging.env']);
  });

  it('differ line by line, with secret values hidden on both sides', async () => {
    await keep('start');
    put('staging.env', 'DB_PASSWORD=hunter3\nLEVEL=2\n');
    await keep();
    const [before, after] = await Promise.all([history().find(1), history().find(2)]);
    if (before === null || after === null) throw new Error('there should be two versions');
    expect(diffFiles(openConfiguration(parts, before), openConfiguration(parts, after))).toEqual([
      '--- staging.env',
      '+++ staging.env',
      '@@ -1,2 +1,2 @@',
      '-DB_PASSWORD= ••••••',
      '-LEVEL=1',
      '+DB_PASSWORD= ••••••',
      '+LEVEL=2',
    ]);
  });
});

describe('restoring a version', () => {
  it('puts every file back, keeps what stood there, and is a version itself', async () => {
    await keep('start');
    put('shipmate.yml', text('second'));
    put('staging.env', 'DB_PASSWORD=hunter3\n');
    rmSync(join(folder, 'compose.yaml'));
    put('compose.yaml', 'services: { web: { image: a } }\n');
    const mode = statSync(join(folder, 'staging.env')).mode;

    const restored = await restoreVersion(parts, settings, 1, 'ops');
    expect(restored).toMatchObject({ kept: { number: 2, source: 'reload' }, version: { number: 3, source: 'restore' }, copies: [] });
    expect([at('shipmate.yml'), at('compose.yaml'), at('staging.env')]).toEqual([
      text('first'),
      'services: {}\n',
      'DB_PASSWORD=hunter2\nLEVEL=1\n',
    ]);
    expect(statSync(join(folder, 'staging.env')).mode).toBe(mode);
    expect(readdirSync(folder).sort()).toEqual(['compose.yaml', 'shipmate.yml', 'staging.env']);
    expect(await keep()).toBe(3);
    const [record] = await test.database.stores.audit.list({ subject: 'configuration', limit: 1 });
    expect(record).toMatchObject({ action: 'configuration.restore', details: { version: 3, restored: 1, account: 'ops' } });
  });

  it('brings back files that are gone', async () => {
    await keep('start');
    put('shipmate.yml', text('second').replace('compose.yaml', 'other.yaml'));
    put('other.yaml', 'services: {}\n');
    rmSync(join(folder, 'compose.yaml'));
    await restoreVersion(parts, settings, 1, 'ops');
    expect(at('compose.yaml')).toBe('services: {}\n');
  });

  it('copies what is not valid and so can be no version', async () => {
    await keep('start');
    put('shipmate.yml', 'workspace: [half written\n');
    const restored = await restoreVersion(parts, settings, 1, 'ops');
    expect(restored).toMatchObject({ kept: null, copies: [join(folder, 'shipmate.yml.replaced')] });
    expect(at('shipmate.yml.replaced')).toBe('workspace: [half written\n');
    expect(at('shipmate.yml')).toBe(text('first'));
    expect(await history().list(10)).toHaveLength(1);
    expect((await records())[0]).toEqual(['configuration.restore', 1]);
  });

  it('refuses a version that would not be valid now, and changes nothing', async () => {
    put('shipmate.yml', `development: true\n${text('first')}`);
    await keep('start');
    put('shipmate.yml', text('second'));
    const attempt = restoreVersion(parts, { ...settings, host: '0.0.0.0' }, 1, 'ops');
    await expect(attempt).rejects.toThrow(StartRefused);
    await expect(restoreVersion(parts, settings, 9, 'ops')).rejects.toThrow('there is no version 9');
    expect(at('shipmate.yml')).toBe(text('second'));
    expect(await history().list(10)).toHaveLength(1);
  });
});

it('/doctor names file and line of a change that is not in force, and the version that is', async () => {
  await keep('start');
  const live = new LiveWorkspace(settings.configFile, silentLogger);
  const look = async () => {
    const all = await diagnose(someParts({ ...parts, workspace: () => live.current, configurationRefused: () => live.refused }));
    return all.find(({ name }) => name === 'configuration');
  };
  expect(await look()).toMatchObject({ state: 'ok', found: 'version 1 is in force' });
  put('shipmate.yml', text('first').replace('owner: ada', 'owner: bob'));
  live.reload();
  expect(await look()).toMatchObject({ state: 'broken', found: expect.stringMatching(/^shipmate\.yml:9 .* version 1 stays in force$/) });
  expect(await history().list(10)).toHaveLength(1);
});
