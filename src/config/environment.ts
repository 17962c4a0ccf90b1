import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../ports/app-source.ts';
import { isFindings, readDiscord, readSlack, withoutEffect } from './chat-platforms.ts';
import { ENVIRONMENT_VARIABLES, type EnvironmentVariable, KEY_PATTERN } from './environment-variables.ts';
import { suggest } from './near-miss.ts';
import { Secret } from './secret.ts';
import { type EncryptionKey, LOG_LEVELS, type LogLevel, type SettingsResult } from './settings.ts';

const FILE_SUFFIX = '_FILE';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The only reader of environment variables. An empty variable counts as not set (that is what Compose's `${X:-}` gives).
 * Relative paths start at `folder`. Findings name the variable and the way out, never a value.
 */
export function readEnvironment(env: Variables, folder: string = process.cwd()): SettingsResult {
  const findings: Finding[] = [...unknownVariables(env)];
  const values = new Map<string, string>();
  for (const variable of ENVIRONMENT_VARIABLES) {
    const found = readVariable(variable, env, folder);
    if (typeof found === 'object' && found !== null) findings.push(found);
    else if (found !== null) values.set(variable.name, found);
  }
  const text = (name: string): string | null => values.get(name) ?? null;
  const publicUrl = text('SHIPMATE_URL')?.replace(/\/+$/, '') ?? null;
  const slack = readSlack(text, publicUrl);
  const discord = readDiscord(text);
  // A malformed variable counts as missing above: said once.
  if (findings.length === 0) for (const read of [slack, discord]) if (isFindings(read)) findings.push(...read);
  if (findings.length > 0 || isFindings(slack) || isFindings(discord)) return { ok: false, findings };

  const secret = (name: string): Secret | null => {
    const value = values.get(name);
    return value === undefined ? null : new Secret(value);
  };
  return {
    ok: true,
    settings: {
      databaseUrl: secret('DATABASE_URL'),
      databaseMigrationUrl: secret('DATABASE_MIGRATION_URL'),
      redisUrl: secret('REDIS_URL'),
      docker: { host: text('DOCKER_HOST'), tlsVerify: text('DOCKER_TLS_VERIFY') !== null, certPath: text('DOCKER_CERT_PATH') },
      configFile: resolve(folder, text('SHIPMATE_CONFIG') ?? 'shipmate.yml'),
      dataFolder: resolve(folder, text('SHIPMATE_DATA') ?? '.shipmate'),
      publicUrl,
      keys: parseKeys(text('SHIPMATE_KEYS')),
      host: text('SHIPMATE_HOST') ?? '127.0.0.1',
      port: Number(text('PORT') ?? 8080),
      proxies: (text('SHIPMATE_PROXIES') ?? '').split(',').flatMap((entry) => entry.trim() || []),
      logLevel: logLevel(text('LOG_LEVEL')),
      concurrency: Number(text('SHIPMATE_CONCURRENCY') ?? 100),
      slack,
      discord,
      github: { apiUrl: text('GITHUB_API_URL') ?? 'https://api.github.com', token: secret('GITHUB_TOKEN') },
    },
    warnings: withoutEffect(text),
  };
}

/** The value from the variable or from the file that `…_FILE` names; null when neither is set. */
function readVariable(variable: EnvironmentVariable, env: Variables, folder: string): string | Finding | null {
  const { name, secret } = variable;
  const fileName = name + FILE_SUFFIX;
  const file = secret ? env[fileName] || null : null;
  let value = env[name] || null;
  if (file !== null) {
    if (value !== null) return finding(name, `is set, and so is ${fileName}.`, 'Keep one of the two.');
    try {
      value = readFileSync(resolve(folder, file), 'utf8').trim();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      return finding(fileName, `names a file that cannot be read (${code}): ${file}.`, 'Correct the path, or let this user read it.');
    }
    if (value === '') return finding(fileName, `names an empty file: ${file}.`, `Put the value of ${name} in it.`);
  }
  if (value === null) return null;
  const wanted = variable.problem(value);
  return wanted === null ? value : finding(file === null ? name : fileName, 'is malformed.', `It must be ${wanted}.`);
}

/** Prefixes that nobody else's settings have in our process; what looks like ours and is not would be set in vain. */
const OURS = ['SHIPMATE_', 'SLACK_', 'DISCORD_'] as const;

function unknownVariables(env: Variables): readonly Finding[] {
  const known = ENVIRONMENT_VARIABLES.flatMap(({ name, secret }) => (secret ? [name, name + FILE_SUFFIX] : [name]));
  return Object.keys(env).flatMap((name) => {
    const prefix = OURS.find((candidate) => name.startsWith(candidate));
    if (prefix === undefined || known.includes(name) || !env[name]) return [];
    const near = known.filter((candidate) => candidate.startsWith(prefix));
    return [finding(name, 'is no setting of Shipmate.', `${suggest(name, near, 'settings')} Otherwise unset it.`)];
  });
}

function parseKeys(text: string | null): readonly EncryptionKey[] {
  return (text?.split(',') ?? []).flatMap((entry) => {
    const [, id, key] = KEY_PATTERN.exec(entry.trim()) ?? [];
    return id === undefined || key === undefined ? [] : [{ id, key: new Secret(key) }];
  });
}

function logLevel(text: string | null): LogLevel {
  return LOG_LEVELS.find((level) => level === text) ?? 'info';
}

function finding(key: string, problem: string, remedy: string): Finding {
  return { file: 'environment', line: null, key, problem, remedy };
}
