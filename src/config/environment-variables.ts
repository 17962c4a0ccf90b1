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

export const ENVIRONMENT_VARIABLES: readonly EnvironmentVariable[] = [
  {
    name: 'DATABASE_URL',
    secret: true,
    fallback: 'an embedded PostgreSQL below `SHIPMATE_DATA`',
    meaning: 'The PostgreSQL database, `postgres://user:password@host/name`',
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
];

/** Named for later versions. Set today they have no effect, so the start says so instead of looking connected. */
export const NOT_CONNECTED_YET: readonly { readonly prefix: string; readonly platform: string }[] = [
  { prefix: 'SLACK_', platform: 'Slack' },
  { prefix: 'DISCORD_', platform: 'Discord' },
];
