import type { Finding } from '../ports/app-source.ts';
import { Secret } from './secret.ts';

/** How Slack is reached; see docs/slack.md. */
export type SlackSettings = {
  readonly transport: { readonly kind: 'http'; readonly signingSecret: Secret } | { readonly kind: 'socket'; readonly appToken: Secret };
  readonly access:
    | { readonly kind: 'token'; readonly botToken: Secret }
    | { readonly kind: 'oauth'; readonly clientId: string; readonly clientSecret: Secret };
  readonly apiUrl: string | null;
};

/** How Discord is reached; see docs/discord.md. */
export type DiscordSettings = {
  readonly token: Secret;
  readonly applicationId: string;
  /** Null: interactions come by the gateway. */
  readonly publicKey: string | null;
  readonly apiUrl: string | null;
  /** Servers whose roles count; null: all that the bot was added to. */
  readonly guilds: readonly string[] | null;
};

type Values = (name: string) => string | null;

/** Null when nothing of Slack is set; findings when it is set by half, for half a connection would look like one. */
export function readSlack(value: Values, publicUrl: string | null): SlackSettings | null | readonly Finding[] {
  const [botToken, clientId, clientSecret] = [value('SLACK_BOT_TOKEN'), value('SLACK_CLIENT_ID'), value('SLACK_CLIENT_SECRET')];
  const [signingSecret, appToken] = [value('SLACK_SIGNING_SECRET'), value('SLACK_APP_TOKEN')];
  const given = [botToken, clientId, clientSecret, signingSecret, appToken];
  if (given.every((text) => text === null)) return null;

  const findings: Finding[] = [];
  if (botToken === null && clientId === null) {
    findings.push(missing('SLACK_BOT_TOKEN', 'Set it for one workspace, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for several.'));
  }
  if ((clientId === null) !== (clientSecret === null)) {
    findings.push(
      missing(
        clientId === null ? 'SLACK_CLIENT_ID' : 'SLACK_CLIENT_SECRET',
        'The two are one setting: Basic Information, App Credentials.',
      ),
    );
  }
  if (botToken !== null && clientId !== null) {
    findings.push(
      finding('SLACK_BOT_TOKEN', 'is set, and so is SLACK_CLIENT_ID.', 'Keep the token for one workspace, the client for several.'),
    );
  }
  if (clientId !== null && publicUrl === null) {
    findings.push(missing('SHIPMATE_URL', 'An installation in a workspace comes back to this address.'));
  }
  if (signingSecret === null && appToken === null) {
    findings.push(missing('SLACK_SIGNING_SECRET', 'Set it for HTTP (Basic Information), or SLACK_APP_TOKEN for Socket Mode.'));
  }
  if (findings.length > 0) return findings;
  return {
    transport:
      appToken === null
        ? { kind: 'http', signingSecret: new Secret(signingSecret ?? '') }
        : { kind: 'socket', appToken: new Secret(appToken) },
    access:
      botToken === null
        ? { kind: 'oauth', clientId: clientId ?? '', clientSecret: new Secret(clientSecret ?? '') }
        : { kind: 'token', botToken: new Secret(botToken) },
    apiUrl: value('SLACK_API_URL'),
  };
}

/** The same for Discord. */
export function readDiscord(value: Values): DiscordSettings | null | readonly Finding[] {
  const [token, applicationId, publicKey] = [value('DISCORD_TOKEN'), value('DISCORD_APPLICATION_ID'), value('DISCORD_PUBLIC_KEY')];
  if (token === null && applicationId === null && publicKey === null) return null;
  if (token === null || applicationId === null) {
    const name = token === null ? 'DISCORD_TOKEN' : 'DISCORD_APPLICATION_ID';
    return [missing(name, 'Discord needs the bot’s token and the application’s id, both in its developer portal.')];
  }
  const guilds = value('DISCORD_GUILDS');
  return {
    token: new Secret(token),
    applicationId,
    publicKey,
    apiUrl: value('DISCORD_API_URL'),
    guilds: guilds === null ? null : guilds.split(',').map((id) => id.trim()),
  };
}

/** What is set and changes nothing, so that nobody takes it for connected. */
export function withoutEffect(value: Values): readonly Finding[] {
  const useless = (name: string, when: boolean, because: string): readonly Finding[] =>
    value(name) !== null && when ? [finding(name, `has no effect: ${because}.`, 'Unset it, or see docs/configuration.md.')] : [];
  const hasSlack = value('SLACK_BOT_TOKEN') !== null || value('SLACK_CLIENT_ID') !== null;
  const hasDiscord = value('DISCORD_TOKEN') !== null;
  return [
    ...useless('DATABASE_MIGRATION_URL', value('DATABASE_URL') === null, 'the embedded PostgreSQL has both roles itself'),
    ...useless('SLACK_SIGNING_SECRET', value('SLACK_APP_TOKEN') !== null, 'SLACK_APP_TOKEN chooses Socket Mode'),
    ...useless('SLACK_API_URL', !hasSlack, 'Slack is not connected'),
    ...useless('DISCORD_API_URL', !hasDiscord, 'Discord is not connected'),
    ...useless('DISCORD_GUILDS', !hasDiscord, 'Discord is not connected'),
  ];
}

export function isFindings<T extends object>(read: T | null | readonly Finding[]): read is readonly Finding[] {
  return Array.isArray(read);
}

function missing(key: string, remedy: string): Finding {
  return finding(key, 'is missing, and other settings of its platform are not.', remedy);
}

function finding(key: string, problem: string, remedy: string): Finding {
  return { file: 'environment', line: null, key, problem, remedy };
}
