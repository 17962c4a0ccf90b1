import { looksLikeCredential } from './credentials.ts';
import { canonicalJson } from './json.ts';
import type { FieldChange } from './plan.ts';
import type { ServiceSpec } from './service-spec.ts';

/** What stands in place of a value that is shown to nobody. */
export const HIDDEN = '••••••';
/** Keys whose values are shown to nobody: people put credentials into plain variables whatever the manual says. */
const SECRET_KEY =
  /pass(word|wd|phrase)?|secret|token|credential|api_?key|private|auth|dsn|database_url|connection|salt|session_?key|encryption|license/i;
/** Words too short to be looked for inside others: `STRIPE_KEY` and `DB_PW`, not `KEYBOARD` and `SPIN`. */
const SECRET_WORD = /(?:^|[_.-])(?:key|keys|pw|pin|pat)(?:$|[_.-])/i;
/** `scheme://user:password@host` inside any value; the password may hold anything but blanks. */
const URL_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s@]+@/i;
/** `password=…`, `--token …`, `"requirepass","…"`: a secret given by name inside a longer value, a list, or a list's JSON. */
const NAMED_SECRET = /(?:pass(?:word|wd|phrase)?|secret|token|credentials?|api[_-]?key)\\?["']?(?:\s*[=:,]\s*|\s+)\\?["']?[^\s"',\\]/i;
/** Lists of names: of secrets and configs only their names are known here, and people need to see those. */
const NAMES_ONLY: readonly string[] = ['secrets', 'configs'];
const KEYED = ['environment.', 'logging.options.', 'engine.', 'labels.', 'deploy.labels.'];

/** Members in the order and words of a Compose file. */
const FIELDS: readonly (readonly [keyof ServiceSpec, string])[] = [
  ['entrypoint', 'entrypoint'],
  ['command', 'command'],
  ['environment', 'environment'],
  ['mode', 'deploy.mode'],
  ['labels', 'deploy.labels'],
  ['containerLabels', 'labels'],
  ['user', 'user'],
  ['groups', 'group_add'],
  ['workingDir', 'working_dir'],
  ['hostname', 'hostname'],
  ['tty', 'tty'],
  ['openStdin', 'stdin_open'],
  ['readOnly', 'read_only'],
  ['init', 'init'],
  ['stopSignal', 'stop_signal'],
  ['stopGracePeriodMs', 'stop_grace_period'],
  ['capAdd', 'cap_add'],
  ['capDrop', 'cap_drop'],
  ['sysctls', 'sysctls'],
  ['ulimits', 'ulimits'],
  ['extraHosts', 'extra_hosts'],
  ['dns', 'dns'],
  ['isolation', 'isolation'],
  ['mounts', 'volumes'],
  ['networks', 'networks'],
  ['ports', 'ports'],
  ['endpointMode', 'deploy.endpoint_mode'],
  ['healthcheck', 'healthcheck'],
  ['limits', 'deploy.resources.limits'],
  ['reservations', 'deploy.resources.reservations'],
  ['restart', 'deploy.restart_policy'],
  ['placement', 'deploy.placement'],
  ['update', 'deploy.update_config'],
  ['rollback', 'deploy.rollback_config'],
  ['secrets', 'secrets'],
  ['configs', 'configs'],
  ['logging', 'logging'],
];

/**
 * Field by field, from what the engine shows to what is asked for. Images are compared by what would run (the pinned
 * reference), not by their tag. `unmodelled` are settings on the engine that a specification has no word for.
 */
export function diffService(
  before: ServiceSpec,
  after: ServiceSpec,
  unmodelled: Readonly<Record<string, string>> = {},
): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  const wasRunning = before.pinnedImage ?? before.image;
  const willRun = after.pinnedImage ?? after.image;
  if (wasRunning !== willRun) {
    changes.push({ path: 'image', before: imageText(before), after: imageText(after), hidden: false });
  }
  for (const [member, path] of FIELDS) diffValue(path, before[member], after[member], changes);
  for (const [path, value] of Object.entries(unmodelled)) changes.push(change(`engine.${path}`, value, undefined));
  return changes;
}

/** `shop/web:1.0.0 (sha256:0123456789ab)`: the tag people know and the digest that counts. */
export function imageText(spec: Pick<ServiceSpec, 'image' | 'pinnedImage'>): string {
  const digest = /sha256:([0-9a-f]{12})/.exec(spec.pinnedImage ?? '');
  return digest === null ? spec.image : `${spec.image.replace(/@sha256:.*$/, '')} (sha256:${digest[1]})`;
}

function diffValue(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  // A variable that is removed from the image's (null) is not one that is not mentioned (undefined).
  if ((before === undefined) === (after === undefined) && canonicalJson(before) === canonicalJson(after)) return;
  const was = membersOf(before);
  const becomes = membersOf(after);
  if (was === null || becomes === null) {
    changes.push(change(path, before, after));
    return;
  }
  for (const key of [...new Set([...was.keys(), ...becomes.keys()])].sort()) {
    diffValue(`${path}.${key}`, was.get(key), becomes.get(key), changes);
  }
}

function change(path: string, before: unknown, after: unknown): FieldChange {
  const hidden = isSecretPath(path) || (!NAMES_ONLY.includes(path) && [before, after].some(holdsSecret));
  return { path, before: text(before, hidden), after: text(after, hidden), hidden };
}

function isSecretPath(path: string): boolean {
  return KEYED.some((prefix) => path.startsWith(prefix)) && isSecretKey(path);
}

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) || SECRET_WORD.test(key);
}

/** Does a value hold a secret whatever its key is called: a URL with a password, a secret given by name, a credential known by its looks? */
export function holdsSecret(value: unknown): boolean {
  const said = typeof value === 'string' ? value : canonicalJson(value);
  return URL_PASSWORD.test(said) || NAMED_SECRET.test(said) || looksLikeCredential(said);
}

/** A hidden value still tells given from absent. */
function text(value: unknown, hidden: boolean): string | null {
  if (value === undefined) return null;
  if (hidden) return HIDDEN;
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** Members of a record; an absent one has none, so that its members come and go one by one. Null for anything else. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (value === undefined) return new Map();
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null;
}
