import { z } from 'zod';
import {
  DEFAULT_RELEASE_SETTINGS,
  type HookSpec,
  type ReleaseSettings,
  type SmokeCheckSpec,
} from '../../../src/domain/release-settings.ts';
import { closest } from '../did-you-mean.ts';
import type { FindingLog } from '../finding-log.ts';
import { parseDuration } from '../values/duration.ts';
import { present } from '../values/read.ts';
import { splitShellWords } from '../values/shell-words.ts';
import { type Cursor, items, joinKey, member, shown, toPlain } from '../yaml/tree.ts';

const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  context.addIssue({ code: 'custom', message: 'This is not a duration; write `90s` or `3m`.' });
  return z.NEVER;
});

const Name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/, 'A name has lower-case letters, digits and inner dashes.');

const Command = z.union([z.string(), z.array(z.string())]).transform((value, context) => {
  const words = typeof value === 'string' ? splitShellWords(value) : value;
  if (words !== null && words.length > 0) return words;
  context.addIssue({ code: 'custom', message: 'This is not a command; write it as a list: `[program, argument]`.' });
  return z.NEVER;
});

const TaskFailures = z.coerce.number().int().min(0).max(1000);
const Switch = z.union([z.boolean(), z.stringbool()]);

const Hook = z.strictObject({
  name: Name,
  when: z.enum(['before', 'after']),
  service: z.string(),
  command: Command,
  timeout: Duration.optional(),
});

const Smoke = z.strictObject({
  name: Name.optional(),
  url: z.url({ protocol: /^https?$/, error: 'This is not an address; write `http://…` or `https://…`.' }),
  inside: Switch.optional(),
  status: z.coerce.number().int().min(100).max(599).optional(),
  body: z.string().optional(),
  timeout: Duration.optional(),
  retries: z.coerce.number().int().min(0).max(100).optional(),
});

const Settings = z.strictObject({
  strategy: z.literal('rolling', 'The only strategy so far is `rolling`.').optional(),
  progress_deadline: Duration.optional(),
  verify: Duration.optional(),
  max_task_failures: TaskFailures.optional(),
  automatic_rollback: Switch.optional(),
  hooks: z.array(Hook).optional(),
  smoke: z.array(Smoke).optional(),
});

const ServiceSettings = z.strictObject({ progress_deadline: Duration.optional(), max_task_failures: TaskFailures.optional() });

const SETTINGS_KEY = 'x-shipmate';
const DEFAULT_HOOK_TIMEOUT_MS = 300_000;
const DEFAULT_SMOKE = { timeoutMs: 5_000, retries: 3, status: 200 };

/** `x-shipmate` at top level and in services, with every default filled in. `services` are those that are active. */
export function readReleaseSettings(root: Cursor, services: ReadonlyMap<string, Cursor>, log: FindingLog): ReleaseSettings {
  const at = member(root, SETTINGS_KEY);
  const top = at === null ? {} : parse(Settings, at, log);
  const own = [...services].flatMap(([name, service]) => {
    const settings = member(service, SETTINGS_KEY);
    return settings === null ? [] : [[name, toServiceSettings(parse(ServiceSettings, settings, log))] as const];
  });
  for (const hook of items(member(at, 'hooks'))) refuseUnknownService(member(hook, 'service'), services, log);
  refuseRepeatedNames(member(at, 'hooks'), log);
  refuseRepeatedNames(member(at, 'smoke'), log);
  return {
    ...DEFAULT_RELEASE_SETTINGS,
    ...present({
      progressDeadlineMs: top?.progress_deadline,
      verifyMs: top?.verify,
      maxTaskFailures: top?.max_task_failures,
      automaticRollback: top?.automatic_rollback,
    }),
    hooks: (top?.hooks ?? []).map(toHook),
    smokeChecks: (top?.smoke ?? []).map(toSmokeCheck),
    services: Object.fromEntries(own),
  };
}

function toServiceSettings(settings: z.infer<typeof ServiceSettings> | null) {
  return present({ progressDeadlineMs: settings?.progress_deadline, maxTaskFailures: settings?.max_task_failures });
}

function toHook({ name, when, service, command, timeout }: z.infer<typeof Hook>): HookSpec {
  return { name, when, service, command, timeoutMs: timeout ?? DEFAULT_HOOK_TIMEOUT_MS };
}

function toSmokeCheck(check: z.infer<typeof Smoke>, index: number): SmokeCheckSpec {
  return {
    name: check.name ?? `smoke-${index + 1}`,
    url: check.url,
    inside: check.inside ?? false,
    expectStatus: check.status ?? DEFAULT_SMOKE.status,
    ...present({ expectBody: check.body }),
    timeoutMs: check.timeout ?? DEFAULT_SMOKE.timeoutMs,
    retries: check.retries ?? DEFAULT_SMOKE.retries,
  };
}

function refuseUnknownService(at: Cursor | null, services: ReadonlyMap<string, Cursor>, log: FindingLog): void {
  const name = at?.tree.kind === 'scalar' ? String(at.tree.value) : null;
  if (at === null || name === null || services.has(name)) return;
  const meant = closest(name, services.keys());
  log.refuse(at, `There is no service ${shown(name, at)}.`, meant === null ? 'Correct the name.' : `Did you mean \`${meant}\`?`);
}

function refuseRepeatedNames(list: Cursor | null, log: FindingLog): void {
  const seen = new Set<unknown>();
  for (const item of items(list)) {
    const name = member(item, 'name');
    if (name?.tree.kind !== 'scalar') continue;
    if (seen.has(name.tree.value)) log.refuse(name, 'This name is used twice.', 'Give each its own name.');
    seen.add(name.tree.value);
  }
}

function parse<T extends z.ZodObject>(schema: T, at: Cursor, log: FindingLog): z.infer<T> | null {
  const result = schema.safeParse(toPlain(at.tree));
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, schema, at, log);
  return null;
}

function report(issue: z.core.$ZodIssue, schema: z.ZodObject, root: Cursor, log: FindingLog): void {
  const at = follow(root, issue.path);
  if (issue.code !== 'unrecognized_keys') {
    const isMissing = at.isMissing && issue.code === 'invalid_type';
    log.refuse(at.cursor, isMissing ? 'This is missing.' : sentence(issue.message), isMissing ? 'Add it.' : 'Correct this value.');
    return;
  }
  const known =
    issue.path[0] === 'hooks' ? Object.keys(Hook.shape) : issue.path[0] === 'smoke' ? Object.keys(Smoke.shape) : Object.keys(schema.shape);
  for (const name of issue.keys) {
    const meant = closest(name, known);
    const remedy = meant === null ? `Known are: ${known.join(', ')}.` : `Did you mean \`${meant}\`?`;
    log.refuse(follow(at.cursor, [name]).cursor, `There is no setting "${name}" here.`, remedy);
  }
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function follow(root: Cursor, path: readonly PropertyKey[]): { cursor: Cursor; isMissing: boolean } {
  let cursor = root;
  for (const step of path) {
    const { tree } = cursor;
    const next = tree.kind === 'map' ? tree.entries.get(String(step)) : tree.kind === 'list' ? tree.items[Number(step)] : undefined;
    const key = typeof step === 'number' ? `${cursor.key}[${step}]` : joinKey(cursor.key, String(step));
    if (next === undefined) return { cursor: { tree, key }, isMissing: true };
    cursor = { tree: next, key };
  }
  return { cursor, isMissing: false };
}
