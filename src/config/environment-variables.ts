import { isIP } from 'node:net';
import { LOG_LEVELS } from './settings.ts';

/** One variable: what it means, whether it is secret (then also as `…_FILE`), and what its text must look like. */
export type EnvironmentVariable = {
  readonly name: string;
  readonly secret: boolean;
  readonly fallback: string;
  readonly meaning: string;
  /** Null when the text is fine, otherwise what it should be. Never quotes the text: it may be secret. */
  readonly problem: (text: string) => string | null;
};

const anything = (): null => null;

const urlOf =
  (...protocols: string[]) =>
  (text: string): string | null => {
    const wanted = `an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
    return URL.canParse(text) && protocols.includes(new URL(text).protocol) ? null : wanted;
  };

const wholeNumber =
  (lowest: number, highest: number) =>
  (text: string): string | null =>
    /^\d{1,6}$/.test(text) && Number(text) >= lowest && Number(text) <= highest ? null : `a whole number from ${lowest} to ${highest}`;

/** With a token in every request: plain HTTP to this machine only. */
const secureUrl = (text: string): string | null => {
  const { protocol = '', hostname = '', username = '', search = '' } = URL.canParse(text) ? new URL(text) : {};
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  const isFine = (protocol === 'https:' || (protocol === 'http:' && isLoopback)) && username + search === '';
  return isFine ? null : 'an address that starts with https://';
};

const SNOWFLAKE = /^\d{17,20}$/;

const startsWith =
  (prefix: string, meaning: string) =>
  (text: string): string | null =>
    text.startsWith(prefix) ? null : `${meaning}, which starts with ${prefix}`;

const oneOf =
  (words: readonly string[]) =>
  (text: string): string | null =>
    words.includes(text) ? null : `one of ${words.join(', ')}`;

/** `id:key`, the key being 32 bytes in base64 (AES-256). */
export const KEY_PATTERN = /^([a-z0-9-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

const keyList = (text: string): string | null =>
  text.split(',').every((entry) => KEY_PATTERN.test(entry.trim()))
    ? null
    : 'a list "<id>:<32 bytes in base64>" with commas; make one with: echo "k1:$(openssl rand -base64 32)"';

/** As @fastify/proxy-addr reads them: addresses, networks, and its names for private ones. */
const proxyList = (text: string): string | null =>
  text.split(',').every((entry) => isProxy(entry.trim()))
    ? null
    : 'addresses, networks like 10.0.0.0/8, loopback or uniquelocal, with commas';

function isProxy(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const version = isIP(address);
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 6 ? 128 : 32));
  return ['loopback', 'linklocal', 'uniquelocal'].includes(entry) || (version !== 0 && more.length === 0 && isNetwork);
}

export const ENVIRONMENT_VARIABLES: readonly EnvironmentVariable[] = [
  {
    name: 'DATABASE_URL',
    secret: true,
    fallback: 'an embedded PostgreSQL below `SHIPMATE_DATA`',
    meaning: 'The PostgreSQL database, `postgres://user:password@host/name`',
    problem: urlOf('postgres:', 'postgresql:'),
  },
  {
    name: 'DATABASE_MIGRATION_URL',
    secret: true,
    fallback: '`DATABASE_URL` does both, and whoever has it can change the audit trail',
    meaning: 'The same database as the owner of its tables, for `shipmate migrate`; the role of `DATABASE_URL` may then do less',
    problem: urlOf('postgres:', 'postgresql:'),
  },
  {
    name: 'REDIS_URL',
    secret: true,
    fallback: 'the queue runs on PostgreSQL',
    meaning: 'The Redis of the queue, `redis://host:6379`',
    problem: urlOf('redis:', 'rediss:'),
  },
  {
    name: 'DOCKER_HOST',
    secret: false,
    fallback: '`unix:///var/run/docker.sock`',
    meaning: 'The Docker Engine, a swarm manager; `unix://`, `tcp://` or `ssh://`, as the Docker CLI reads it',
    problem: urlOf('unix:', 'tcp:', 'ssh:', 'http:', 'https:'),
  },
  {
    name: 'DOCKER_TLS_VERIFY',
    secret: false,
    fallback: 'off',
    meaning: 'Not empty: talk TLS to `DOCKER_HOST`, with the certificates in `DOCKER_CERT_PATH`',
    problem: anything,
  },
  {
    name: 'DOCKER_CERT_PATH',
    secret: false,
    fallback: '`~/.docker`',
    meaning: 'Folder with `ca.pem`, `cert.pem` and `key.pem`',
    problem: anything,
  },
  { name: 'SHIPMATE_CONFIG', secret: false, fallback: '`shipmate.yml`', meaning: 'The workspace file', problem: anything },
  {
    name: 'SHIPMATE_DATA',
    secret: false,
    fallback: '`.shipmate`',
    meaning: 'Folder of the embedded PostgreSQL, of a Docker Engine that Shipmate started, and of generated keys',
    problem: anything,
  },
  {
    name: 'SHIPMATE_URL',
    secret: false,
    fallback: 'made of `SHIPMATE_HOST` and `PORT`',
    meaning: 'The address at which people reach this Shipmate',
    problem: urlOf('http:', 'https:'),
  },
  {
    name: 'SHIPMATE_KEYS',
    secret: true,
    fallback: 'one key, made in `SHIPMATE_DATA` at the first start',
    meaning: 'Encryption keys `<id>:<32 bytes in base64>`, separated by commas; the first one encrypts, all decrypt',
    problem: keyList,
  },
  {
    name: 'SHIPMATE_HOST',
    secret: false,
    fallback: '`127.0.0.1`',
    meaning: 'The address the HTTP server binds to; `0.0.0.0` for all',
    problem: (text) => (/^[\w.:-]{1,255}$/.test(text) ? null : 'an IP address or a host name'),
  },
  {
    name: 'SHIPMATE_PROXIES',
    secret: false,
    fallback: 'nobody’s count',
    meaning:
      'The proxies in front of it, with commas (`10.0.0.0/8`, `uniquelocal` for every private network): their `X-Forwarded-*` headers count',
    problem: proxyList,
  },
  { name: 'PORT', secret: false, fallback: '`8080`', meaning: 'The one HTTP port; 0 takes a free one', problem: wholeNumber(0, 65_535) },
  {
    name: 'LOG_LEVEL',
    secret: false,
    fallback: '`info`',
    meaning: LOG_LEVELS.map((level) => `\`${level}\``).join(', '),
    problem: oneOf(LOG_LEVELS),
  },
  {
    name: 'SHIPMATE_CONCURRENCY',
    secret: false,
    fallback: '`100`',
    meaning: 'Deployments that one worker process runs at a time',
    problem: wholeNumber(1, 1000),
  },
  {
    name: 'SLACK_BOT_TOKEN',
    secret: true,
    fallback: 'Slack is off, or installed by OAuth',
    meaning: 'The bot token of the one Slack workspace, `xoxb-…`',
    problem: startsWith('xoxb-', 'the bot token of a Slack app'),
  },
  {
    name: 'SLACK_SIGNING_SECRET',
    secret: true,
    fallback: 'Socket Mode is needed',
    meaning: 'What Slack signs its requests to `/slack/events` with',
    problem: (text) => (/^[0-9a-f]{16,128}$/i.test(text) ? null : 'the signing secret of a Slack app (hexadecimal)'),
  },
  {
    name: 'SLACK_APP_TOKEN',
    secret: true,
    fallback: 'HTTP',
    meaning: 'Socket Mode: the app-level token, `xapp-…`; no public address is needed then',
    problem: startsWith('xapp-', 'an app-level token with connections:write'),
  },
  {
    name: 'SLACK_CLIENT_ID',
    secret: false,
    fallback: 'one workspace by `SLACK_BOT_TOKEN`',
    meaning: 'Several workspaces: the client id, for `/slack/install`',
    problem: (text) => (/^[\w.-]{3,64}$/.test(text) ? null : 'the client id of a Slack app'),
  },
  { name: 'SLACK_CLIENT_SECRET', secret: true, fallback: '', meaning: 'The client secret that goes with it', problem: anything },
  {
    name: 'SLACK_API_URL',
    secret: false,
    fallback: '`https://slack.com/api/`',
    meaning: 'Where Slack’s Web API is',
    problem: urlOf('http:', 'https:'),
  },
  { name: 'DISCORD_TOKEN', secret: true, fallback: 'Discord is off', meaning: 'The bot’s token', problem: anything },
  {
    name: 'DISCORD_APPLICATION_ID',
    secret: false,
    fallback: '',
    meaning: 'The application’s id',
    problem: (text) => (SNOWFLAKE.test(text) ? null : 'the id of a Discord application (17 to 20 digits)'),
  },
  {
    name: 'DISCORD_PUBLIC_KEY',
    secret: false,
    fallback: 'interactions come by the gateway',
    meaning: 'The application’s public key: interactions then come signed to `/discord/interactions`, and mentions are not heard',
    problem: (text) => (/^[0-9a-f]{64}$/i.test(text) ? null : 'the public key of a Discord application (64 hexadecimal digits)'),
  },
  {
    name: 'DISCORD_GUILDS',
    secret: false,
    fallback: 'all that the bot was added to',
    meaning: 'Ids of the servers whose roles count as groups, separated by commas',
    problem: (text) =>
      text.split(',').every((id) => SNOWFLAKE.test(id.trim())) ? null : 'ids of Discord servers (17 to 20 digits) with commas',
  },
  {
    name: 'DISCORD_API_URL',
    secret: false,
    fallback: '`https://discord.com/api`',
    meaning: 'Where Discord’s API is',
    problem: urlOf('http:', 'https:'),
  },
  {
    name: 'GITHUB_TOKEN',
    secret: true,
    fallback: 'public repositories only, 60 questions an hour',
    meaning: 'Reads what was committed, for approvers: a token with the permission `Contents: read`',
    problem: (text) => (/^[\x21-\x7E]{1,255}$/.test(text) ? null : 'a token of GitHub, without blanks'),
  },
  {
    name: 'GITHUB_API_URL',
    secret: false,
    fallback: '`https://api.github.com`',
    meaning: 'The API of a GitHub Enterprise Server, `https://HOST/api/v3`; then repositories on HOST are asked about, and no others',
    problem: secureUrl,
  },
];
