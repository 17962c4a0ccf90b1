import { z } from 'zod';
import { SHORTEST_KEEP_MS } from '../domain/audit.ts';
import { DURATION_EXAMPLES, parseDuration } from '../domain/duration.ts';
import { FIRST_FACTORS } from '../domain/factor.ts';
import { parseLength } from '../domain/freeze-window.ts';
import { NAME_PATTERN } from '../domain/names.ts';
import { ROLES } from '../domain/permissions.ts';
import { TOPICS } from '../domain/subscription.ts';
import { isTimeZone, MOMENT_EXAMPLES } from '../domain/zoned-time.ts';

/**
 * The shape of `shipmate.yml`. Strict everywhere: an unknown key is an error. Each description is what the person gets
 * told when the value is wrong, the editor's hint, and the text in docs/configuration.md.
 */
const name = z.string().regex(NAME_PATTERN).meta({ description: 'Lower-case letters, digits and inner dashes, at most 32 characters' });
const channelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,79}$/)
  .meta({ description: 'Lower-case letters, digits, dashes and underscores, at most 80 characters' });
const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
  .meta({ description: 'Letters, digits and underscores, no digit first' });
const text = z.string().trim().min(1);
const pathOrPaths = z.union([text, z.array(text).min(1)]);
const roleMembers = z.union([text, z.array(text)]).meta({
  description: 'Person ids, `everyone` for all people listed, or groups of a platform: `slack-group:S0123ABCD`, `discord-role:<id>`',
});
const place = text.meta({
  description: 'A channel of the browser chat by name, `slack:<team>/<channel>` or `discord:<channel>` by their ids',
});

const duration = text.refine((value) => parseDuration(value) !== null, { message: `is no length of time: write ${DURATION_EXAMPLES}.` });

/** A mapping whose body may be left out (`staging:` alone means all defaults). */
const settings = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).nullable();

const appEnvironment = settings({
  override: pathOrPaths.optional().meta({ description: 'Compose file or files merged over the app’s for this environment' }),
  variables: z
    .record(variableName, z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .meta({ description: 'Variables for Compose interpolation, beside `VERSION`' }),
  env_files: z.array(text).optional().meta({ description: 'Files with such variables, `NAME=value` on each line' }),
  profiles: z.array(text).optional().meta({ description: 'Compose profiles that are on' }),
  channel: z
    .union([place, z.array(place)])
    .optional()
    .meta({ description: 'Channel or channels where every card of this environment stands, wherever it was asked for' }),
});

const subscription = z
  .strictObject({
    channel: place,
    environment: name.optional().meta({ description: 'One environment; all of the app when left out' }),
    about: z
      .union([z.enum(TOPICS), z.array(z.enum(TOPICS)).min(1)])
      .optional()
      .meta({ description: 'What the channel is told about; everything when left out' }),
  })
  .meta({ description: 'A channel that follows the app, as `/subscribe` would make one' });

const app = z.strictObject({
  description: z.string().optional().meta({ description: 'One line for lists' }),
  repository: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: 'Where its source can be read, for links to what changed: `https://github.com/acme/shop`' }),
  compose: pathOrPaths.meta({ description: 'The app’s Compose file, or several in merge order; relative to this file' }),
  environments: z
    .record(name, appEnvironment)
    .refine((value) => Object.keys(value).length > 0, { message: 'has no environment.' })
    .meta({ description: 'The environments the app is deployed to; a name alone means all defaults' }),
  roles: z
    .strictObject({
      owner: roleMembers.optional(),
      admin: roleMembers.optional(),
      developer: roleMembers.optional(),
      viewer: roleMembers.optional(),
      incident: roleMembers.optional(),
    })
    .optional()
    .meta({ description: 'Who may do what with the app; whoever has no role may ask nothing about it' }),
  subscriptions: z.array(subscription).optional().meta({ description: 'Channels that follow the app from the start' }),
});

const deciders = z.union([text, z.array(text).min(1)]);
const approvalRule = z.strictObject({
  count: z.number().int().min(1).max(10).optional().meta({ description: 'How many have to agree; 1 when left out' }),
  from: deciders.meta({
    description: 'Roles of the app, names under `groups`, person ids, or groups of a platform: people of one of them count',
  }),
});

const timeZone = text.refine(isTimeZone, { message: 'is no time zone: write one like Europe/Berlin, or UTC.' });
const cron = text.meta({ description: 'When it begins: a cron expression of five fields (minute, hour, day, month, weekday)' });
const lasts = text
  .refine((value) => parseLength(value) !== null, { message: `is no length of time: write ${DURATION_EXAMPLES}.` })
  .meta({
    description: 'How long it lasts: `2h`, `90m`, `2d15h`; at most 31 days. Days are those of the calendar, also when clocks change',
  });
const moment = text.meta({ description: `A date or a date and time: ${MOMENT_EXAMPLES}` });
const freeze = z.strictObject({
  reason: text.meta({ description: 'Why nothing is deployed then; everyone who tries is told' }),
  cron: cron.optional(),
  for: lasts.optional(),
  from: moment.optional(),
  until: moment.optional(),
  time_zone: timeZone.optional().meta({ description: 'Whose clocks: `Europe/Berlin`. Needed unless `from` and `until` have an offset' }),
});
const window = z.strictObject({
  cron,
  for: lasts,
  time_zone: timeZone.meta({ description: 'Whose clocks: `Europe/Berlin`' }),
});

const environment = settings({
  protected: z
    .boolean()
    .optional()
    .meta({ description: 'Refuse every deployment that was not approved; on by default for an environment called `production`' }),
  deployers: z
    .array(z.enum(ROLES))
    .optional()
    .meta({ description: 'Roles that may deploy here; by default owner, admin and developer, in a protected environment owner and admin' }),
  approvals: z.array(approvalRule).min(1).max(5).optional().meta({
    description:
      'Who has to agree before a deployment to a protected environment runs; all rules hold together, each with people of its own, none of them the requester. One owner or admin when left out',
  }),
  approval_expires: duration.optional().meta({ description: 'From the request to the start; 4h when left out' }),
  second_factor: z.boolean().optional().meta({ description: 'Approvals are confirmed with a code or a passkey; on by default' }),
  waiting_period: duration.optional().meta({ description: 'At least this long between the request and the start; none by default' }),
  remind_after: duration.optional().meta({ description: 'Approvers who have not decided are reminded once; 15m when left out' }),
  escalate_after: duration.optional().meta({ description: 'Then whoever `escalate_to` names is told, too; never when left out' }),
  escalate_to: deciders.optional().meta({ description: 'Roles, groups or people; the role `incident` when left out' }),
  reason: z
    .union([
      z.literal('required'),
      z.strictObject({
        pattern: z.string().min(1).max(200).meta({ description: 'A regular expression that the reason must match somewhere' }),
        example: text.meta({ description: 'A reason that matches, shown to whoever wrote another' }),
      }),
    ])
    .optional()
    .meta({ description: 'Every deployment says why: `required`, or a pattern with an example (a ticket’s number)' }),
  after: name.optional().meta({ description: 'The environment that has to have run the very same release first' }),
  allow_outdated: z
    .boolean()
    .optional()
    .meta({ description: 'Take a version that is older than what runs; by default only unprotected environments do' }),
  rollback_without_approval: z
    .array(z.enum(ROLES))
    .optional()
    .meta({ description: 'Roles that go back to the last good revision without approval; `incident` when left out' }),
  freezes: z.array(freeze).max(50).optional().meta({
    description:
      'When nothing is deployed here: again and again (`cron`, `for`, `time_zone`), or once (`from`, `until`). A rollback to the last good release goes through',
  }),
  windows: z
    .array(window)
    .max(50)
    .optional()
    .meta({ description: 'With some, deployments are taken inside these times only. A rollback to the last good release goes through' }),
  lock_after_rollback: z
    .boolean()
    .optional()
    .meta({ description: 'A rollback locks the environment until somebody unlocks it; off by default' }),
});

const person = settings({
  name: text.optional().meta({ description: 'How the person is called; by default the id' }),
  identities: z
    .record(name, text)
    .optional()
    .meta({ description: 'Their account on each chat platform, by the platform’s own id, never by display name' }),
});

const channel = settings({
  topic: z.string().optional().meta({ description: 'One line under the channel’s name' }),
});

const perWindow = z.number().int().min(1).max(100_000);
const limits = z.strictObject({
  commands_per_minute: perWindow.optional().meta({ description: 'Commands and clicks of one person; 60 when left out' }),
  channel_commands_per_minute: perWindow
    .optional()
    .meta({ description: 'Commands and clicks of everyone in one channel; 300 when left out' }),
  deployments_per_hour: perWindow.optional().meta({
    description:
      'Deployments of one app to one environment, refusals, rollbacks and broken glass not counted: one person with their tokens and hooks has half of them, those tokens and hooks half of that; 120 when left out',
  }),
});

const audit = z.strictObject({
  keep: text
    .refine((value) => (parseDuration(value) ?? 0) >= SHORTEST_KEEP_MS, {
      message: 'is no length of time of at least 90 days: write 400d, for example.',
    })
    .optional()
    .meta({ description: 'How long audit records are kept, for example `400d`, at least 90 days; for ever when left out' }),
});

const secondFactor = z.strictObject({
  first_factor: z.enum(FIRST_FACTORS).optional().meta({
    description:
      'When a person’s first second factor counts: `open` at once, `vouched` after an owner or admin of an app of theirs vouched for it with their own (`/mfa vouch`); `open` when left out',
  }),
});

const hook = z
  .strictObject({
    app: name.meta({ description: 'The app that it may propose deployments of' }),
    environments: z.array(name).min(1).meta({ description: 'The environments that it may propose them for' }),
    as: name.meta({ description: 'The person whose roles it has; it loses what they lose, and they cannot approve what it proposed' }),
    secret_file: text.optional().meta({ description: 'The file with what its deliveries are signed with, `whsec_…`' }),
    secret_env: variableName.optional().meta({ description: 'Or the environment variable that has it' }),
  })
  .refine((value) => (value.secret_file === undefined) !== (value.secret_env === undefined), {
    message: 'needs a secret: write either `secret_file` or `secret_env`.',
  })
  .meta({ description: 'Signed deliveries to `/hooks/deploy/<name>`' });

const engine = z.strictObject({
  allow_bind_mounts: z
    .array(z.string().regex(/^\//))
    .optional()
    .meta({ description: 'Absolute folders of the hosts that apps may mount; none by default' }),
  allow_added_capabilities: z
    .array(z.string().regex(/^(CAP_)?[A-Z][A-Z_]*$/))
    .optional()
    .meta({ description: 'Linux capabilities that apps may add, for example `NET_ADMIN`; none by default' }),
  allow_root_user: z.boolean().optional().meta({ description: 'Let apps ask for `user: root`; off by default' }),
  encrypt_networks: z.boolean().optional().meta({ description: 'Encrypt the overlay networks that Shipmate makes; off by default' }),
  probe_image: text
    .optional()
    .meta({ description: 'Image with a `node` or `curl` binary, for smoke checks inside an app’s network; none by default' }),
});

export const WorkspaceFile = z
  .strictObject({
    workspace: text.meta({ description: 'The name of this workspace' }),
    development: z
      .boolean()
      .optional()
      .meta({ description: 'Lets the browser chat choose who it is; only on a loopback address; off by default' }),
    apps: z.record(name, app).meta({ description: 'What is deployed, by name' }),
    environments: z.record(name, environment).meta({ description: 'Where it is deployed to, by name; a name alone means all defaults' }),
    people: z.record(name, person).meta({ description: 'Who may use Shipmate, by id; ids appear in roles and in the audit log' }),
    groups: z
      .record(name, roleMembers)
      .optional()
      .meta({ description: 'People by the name that approval rules use: `security: [ada]`, `oncall: slack-group:S0123ABCD`' }),
    channels: z
      .record(channelName, channel)
      .optional()
      .meta({ description: 'Channels of the browser chat, by name; when left out, one called `deploys`' }),
    audit: audit.optional().meta({ description: 'How long the audit trail is kept' }),
    hooks: z.record(name, hook).optional().meta({ description: 'Programs that propose deployments by signed deliveries, by name' }),
    second_factor: secondFactor.optional().meta({ description: 'How people get their second factor' }),
    working_hours: z
      .array(window)
      .min(1)
      .max(20)
      .optional()
      .meta({ description: 'Outside of these an approval card says so; Monday to Friday, 6:00 to 18:00 UTC, when left out' }),
    limits: limits.optional().meta({ description: 'How much is too much' }),
    engine: engine.optional().meta({ description: 'What Compose files may ask of the engine' }),
  })
  .meta({ title: 'shipmate.yml', description: 'A Shipmate workspace' });

export type WorkspaceFile = z.infer<typeof WorkspaceFile>;
