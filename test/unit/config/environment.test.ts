import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { ENVIRONMENT_VARIABLES } from '../../../src/config/environment-variables.ts';
import { Secret } from '../../../src/config/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'shipmate-environment-'));
const KEY = Buffer.alloc(32, 7).toString('base64');

function findingsOf(env: Record<string, string>): readonly { key: string; problem: string; remedy: string }[] {
  const result = readEnvironment(env, folder);
  return result.ok ? [] : result.findings;
}

describe('readEnvironment', () => {
  it('fills in every default when nothing is set', () => {
    expect(readEnvironment({ PATH: '/bin', HOME: '/root' }, '/srv/ops')).toEqual({
      ok: true,
      warnings: [],
      settings: {
        databaseUrl: null,
        redisUrl: null,
        docker: { host: null, tlsVerify: false, certPath: null },
        configFile: '/srv/ops/shipmate.yml',
        dataFolder: '/srv/ops/.shipmate',
        publicUrl: null,
        keys: [],
        host: '127.0.0.1',
        port: 8080,
        logLevel: 'info',
        concurrency: 100,
      },
    });
  });

  it('takes a secret from the file that its _FILE variable names, without the line break at its end', () => {
    const file = join(folder, 'database-url');
    writeFileSync(file, 'postgres://shipmate:hunter2@db/shipmate\n');
    const result = readEnvironment({ DATABASE_URL_FILE: file }, folder);
    expect(result.ok && result.settings.databaseUrl?.reveal()).toBe('postgres://shipmate:hunter2@db/shipmate');
  });

  it('refuses a secret that is set twice', () => {
    expect(findingsOf({ REDIS_URL: 'redis://a', REDIS_URL_FILE: '/run/secrets/redis' })).toMatchObject([
      { key: 'REDIS_URL', problem: 'is set, and so is REDIS_URL_FILE.', remedy: 'Keep one of the two.' },
    ]);
  });

  it('names a secret file that is not there, and one that is empty', () => {
    const empty = join(folder, 'empty');
    writeFileSync(empty, '\n');
    expect(findingsOf({ DATABASE_URL_FILE: '/nowhere/at-all', REDIS_URL_FILE: empty })).toMatchObject([
      { key: 'DATABASE_URL_FILE', problem: 'names a file that cannot be read (ENOENT): /nowhere/at-all.' },
      { key: 'REDIS_URL_FILE', problem: `names an empty file: ${empty}.` },
    ]);
  });

  it('refuses an unknown SHIPMATE_ variable and says which one was probably meant', () => {
    expect(findingsOf({ SHIPMATE_CONFG: 'x' })).toMatchObject([
      { key: 'SHIPMATE_CONFG', remedy: 'Did you mean "SHIPMATE_CONFIG"? Otherwise unset it.' },
    ]);
  });

  it.each([
    ['DATABASE_URL', 'mysql://root:hunter2@db/x'],
    ['REDIS_URL', 'hunter2'],
    ['DOCKER_HOST', 'docker.example'],
    ['SHIPMATE_URL', 'deploys.example.org'],
    ['SHIPMATE_KEYS', 'k1:hunter2'],
    ['SHIPMATE_HOST', 'not a host'],
    ['PORT', '70000'],
    ['PORT', '80a'],
    ['LOG_LEVEL', 'loud'],
    ['SHIPMATE_CONCURRENCY', '4096'],
  ])('refuses a malformed %s without quoting it', (name, value) => {
    const findings = findingsOf({ [name]: value });
    expect(findings).toMatchObject([{ key: name, problem: 'is malformed.' }]);
    expect(JSON.stringify(findings)).not.toContain(value);
  });

  it('counts an empty variable as not set', () => {
    expect(findingsOf({ PORT: '', DATABASE_URL: '', DATABASE_URL_FILE: '' })).toEqual([]);
  });

  it('reads several encryption keys, the sealing one first', () => {
    const result = readEnvironment({ SHIPMATE_KEYS: `new:${KEY}, old:${KEY}` }, folder);
    expect(result.ok && result.settings.keys.map(({ id, key }) => [id, key.reveal()])).toEqual([
      ['new', KEY],
      ['old', KEY],
    ]);
  });

  it('warns that a Slack or Discord setting has no effect yet', () => {
    const result = readEnvironment({ SLACK_BOT_TOKEN: 'xoxb-hunter2', DISCORD_TOKEN: 'hunter2' }, folder);
    expect(result.ok && result.warnings.map(({ key, problem }) => [key, problem])).toEqual([
      ['SLACK_BOT_TOKEN', 'has no effect: this version does not connect to Slack.'],
      ['DISCORD_TOKEN', 'has no effect: this version does not connect to Discord.'],
    ]);
  });

  it('never prints a secret, however the settings are shown', () => {
    const secrets = ENVIRONMENT_VARIABLES.filter(({ secret }) => secret).map(({ name }) => name);
    expect(secrets).toEqual(['DATABASE_URL', 'REDIS_URL', 'SHIPMATE_KEYS']);
    const result = readEnvironment(
      { DATABASE_URL: 'postgres://a:hunter2@db/a', REDIS_URL: 'redis://:hunter2@r', SHIPMATE_KEYS: `k:${KEY}` },
      folder,
    );
    for (const shown of [JSON.stringify(result), inspect(result, { depth: null, showHidden: true })]) {
      expect(shown).not.toContain('hunter2');
      expect(shown).not.toContain(KEY);
    }
    expect(`${new Secret('hunter2')}`).toBe('[redacted]');
  });
});
