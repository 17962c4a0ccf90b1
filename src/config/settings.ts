import type { Finding } from '../ports/app-source.ts';
import type { DiscordSettings, SlackSettings } from './chat-platforms.ts';
import type { Secret } from './secret.ts';

/** What the environment says, validated and with every default filled in. */
export type Settings = {
  /** Null: the embedded Postgres below {@link Settings.dataFolder}. */
  readonly databaseUrl: Secret | null;
  /** As the owner of the tables, for migrations; null: {@link Settings.databaseUrl} is. */
  readonly databaseMigrationUrl: Secret | null;
  /** Null: the queue runs on Postgres. */
  readonly redisUrl: Secret | null;
  readonly docker: DockerSettings;
  /** Absolute path of `shipmate.yml`. */
  readonly configFile: string;
  /** Absolute path of the embedded default's folder. */
  readonly dataFolder: string;
  /** Where people reach this Shipmate; null: derived from host and port. */
  readonly publicUrl: string | null;
  /** The first seals, all open. Empty: one is made in the data folder. */
  readonly keys: readonly EncryptionKey[];
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Addresses and networks of the proxies whose `X-Forwarded-*` headers count. */
  readonly proxies: readonly string[];
  readonly logLevel: LogLevel;
  /** Deployments that one worker runs at a time. */
  readonly concurrency: number;
  /** Null: not connected. */
  readonly slack: SlackSettings | null;
  readonly discord: DiscordSettings | null;
  readonly github: GithubSettings;
};

/** Who is asked what was committed; without a token, of public repositories only. */
export type GithubSettings = { readonly apiUrl: string; readonly token: Secret | null };

/** As the Docker CLI reads them; a null host is the default socket. */
export type DockerSettings = { readonly host: string | null; readonly tlsVerify: boolean; readonly certPath: string | null };

export type EncryptionKey = { readonly id: string; readonly key: Secret };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };
