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
        databaseMigrationUrl: null,
        redisUrl: null,
        docker: { host: null, tlsVerify: false, certPath: null },
        configFile: '/srv/ops/shipmate.yml',
        dataFolder: '/srv/ops/.shipmate',
        publicUrl: null,
        keys: [],
        host: '127.0.0.1',
        port: 8080,
        proxies: [],
        logLevel: 'info',
        concurrency: 100,
        slack: null,
        discord: null,
        github: { apiUrl: 'https://api.github.com', token: null },
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

  it('reads which proxies are believed, and nothing that could mean everybody', () => {
    const read = readEnvironment({ SHIPMATE_PROXIES: ' uniquelocal, 192.0.2.7,2001:db8::/32 ' }, folder);
    expect(read.ok && read.settings.proxies).toEqual(['uniquelocal', '192.0.2.7', '2001:db8::/32']);
    for (const wrong of ['true', '*', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8/8', 'proxy.internal', 'uniquelocal,', '1']) {
      expect(findingsOf({ SHIPMATE_PROXIES: wrong }), wrong).toMatchObject([{ key: 'SHIPMATE_PROXIES' }]);
    }
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

  const TOKEN = 'xoxb-hunter2';
  const SIGNING = 'ab'.repeat(16);
  const APPLICATION = '1180000000000000000';

  it('connects Slack by HTTP or Socket Mode, to one workspace or several', () => {
    const slackOf = (env: Record<string, string>) => {
      const result = readEnvironment(env, folder);
      return result.ok ? [result.settings.slack?.transport.kind, result.settings.slack?.access.kind] : result.findings;
    };
    expect(slackOf({ SLACK_BOT_TOKEN: TOKEN, SLACK_SIGNING_SECRET: SIGNING })).toEqual(['http', 'token']);
    expect(slackOf({ SLACK_BOT_TOKEN: TOKEN, SLACK_APP_TOKEN: 'xapp-hunter2' })).toEqual(['socket', 'token']);
    const several = { SLACK_CLIENT_ID: '12.34', SLACK_CLIENT_SECRET: 'hunter2', SLACK_SIGNING_SECRET: SIGNING };
    expect(slackOf({ ...several, SHIPMATE_URL: 'https://ship.example' })).toEqual(['http', 'oauth']);
    expect(slackOf(several)).toMatchObject([{ key: 'SHIPMATE_URL' }]);
  });

  it.each<[string, Record<string, string>]>([
    ['SLACK_SIGNING_SECRET', { SLACK_BOT_TOKEN: TOKEN, SLACK_APP_TOKEN: 'xapp-hunter2', SLACK_SIGNING_SECRET: SIGNING }],
    ['SLACK_API_URL', { SLACK_API_URL: 'http://127.0.0.1:1/api/' }],
    ['DISCORD_GUILDS', { DISCORD_GUILDS: APPLICATION }],
  ])('warns that %s has no effect', (name, env) => {
    const result = readEnvironment(env, folder);
    expect(result.ok && result.warnings.map(({ key }) => key)).toEqual([name]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a Slack token alone', { SLACK_BOT_TOKEN: TOKEN }, 'SLACK_SIGNING_SECRET'],
    ['a signing secret alone', { SLACK_SIGNING_SECRET: SIGNING }, 'SLACK_BOT_TOKEN'],
    [
      'a client without its secret',
      { SLACK_CLIENT_ID: '12.34', SLACK_SIGNING_SECRET: SIGNING, SHIPMATE_URL: 'https://a.b' },
      'SLACK_CLIENT_SECRET',
    ],
    ['a Discord token alone', { DISCORD_TOKEN: 'hunter2' }, 'DISCORD_APPLICATION_ID'],
    ['a Discord application alone', { DISCORD_APPLICATION_ID: APPLICATION }, 'DISCORD_TOKEN'],
    ['a name that is nearly one', { SLACK_TOKEN: TOKEN }, 'SLACK_TOKEN'],
  ])('refuses %s and says what is missing', (_, env, key) => {
    const findings = findingsOf(env);
    expect(findings.map((each) => each.key)).toEqual([key]);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  it('connects Discord by the gateway, or by signed requests with a public key', () => {
    const env = { DISCORD_TOKEN: 'hunter2', DISCORD_APPLICATION_ID: APPLICATION, DISCORD_GUILDS: `${APPLICATION}, ${APPLICATION}` };
    const result = readEnvironment(env, folder);
    expect(result.ok && result.settings.discord).toMatchObject({
      applicationId: APPLICATION,
      publicKey: null,
      guilds: [APPLICATION, APPLICATION],
    });
    expect(findingsOf({ ...env, DISCORD_PUBLIC_KEY: 'short' })).toMatchObject([{ key: 'DISCORD_PUBLIC_KEY', problem: 'is malformed.' }]);
  });

  it('reads who is asked what was committed, and takes no API that a token would go to in the clear', () => {
    const token = join(folder, 'github-token');
    writeFileSync(token, 'ghp_hunter2\n');
    const read = readEnvironment({ GITHUB_TOKEN_FILE: token, GITHUB_API_URL: 'https://git.example.org/api/v3' }, folder);
    expect(read.ok && [read.settings.github.apiUrl, read.settings.github.token?.reveal()]).toEqual([
      'https://git.example.org/api/v3',
      'ghp_hunter2',
    ]);
    for (const GITHUB_API_URL of ['http://git.example.org/api/v3', 'https://me:pw@git.example.org', 'git.example.org', 'ftp://127.0.0.1']) {
      expect(findingsOf({ GITHUB_API_URL })).toMatchObject([{ key: 'GITHUB_API_URL', problem: 'is malformed.' }]);
    }
    expect(findingsOf({ GITHUB_API_URL: 'http://127.0.0.1:8123' })).toEqual([]);
    expect(findingsOf({ GITHUB_TOKEN: 'two words' })).toMatchObject([{ key: 'GITHUB_TOKEN' }]);
  });

  it('never prints a secret, however the settings are shown', () => {
    const secrets = ENVIRONMENT_VARIABLES.filter(({ secret }) => secret).map(({ name }) => name);
    expect(secrets).toEqual([
      'DATABASE_URL',
      'DATABASE_MIGRATION_URL',
      'REDIS_URL',
      'SHIPMATE_KEYS',
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'SLACK_APP_TOKEN',
      'SLACK_CLIENT_SECRET',
      'DISCORD_TOKEN',
      'GITHUB_TOKEN',
    ]);
    const result = readEnvironment(
      {
        DATABASE_URL: 'postgres://a:hunter2@db/a',
        DATABASE_MIGRATION_URL: 'postgres://owner:hunter2@db/a',
        REDIS_URL: 'redis://:hunter2@r',
        SHIPMATE_KEYS: `k:${KEY}`,
        SLACK_BOT_TOKEN: TOKEN,
        SLACK_APP_TOKEN: 'xapp-hunter2',
        GITHUB_TOKEN: 'ghp_hunter2',
      },
      folder,
    );
    for (const shown of [JSON.stringify(result), inspect(result, { depth: null, showHidden: true })]) {
      expect(shown).not.toContain('hunter2');
      expect(shown).not.toContain(KEY);
    }
    expect(`${new Secret('hunter2')}`).toBe('[redacted]');
  });
});
