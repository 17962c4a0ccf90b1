import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTogether, parseWorkspace, readWorkspace } from '../../../src/config/workspace.ts';
import { describeFinding } from '../../../src/ports/app-source.ts';
import type { Workspace } from '../../../src/ports/workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'shipmate-workspace-'));
for (const name of ['compose.yaml', 'compose.staging.yaml', 'staging.env']) writeFileSync(join(folder, name), '');

const GOOD = `workspace: acme
people:
  ada: { name: Ada, identities: { slack: T01/U01 } }
  linus:
environments:
  staging:
  production:
channels:
  deploys: { topic: All deployments }
apps:
  shop:
    description: The shop
    compose: compose.yaml
    environments:
      staging:
        override: compose.staging.yaml
        variables: { REPLICAS: 2, DEBUG: false }
        env_files: [staging.env]
        channel: deploys
      production:
    roles:
      owner: ada
      developer: everyone
`;

function read(text: string): Workspace {
  const result = parseWorkspace(text, 'shipmate.yml', folder);
  if (!result.ok) throw new Error(result.findings.map(describeFinding).join('\n'));
  return result.workspace;
}

function versions(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.values(read(text).environments).map(({ name, policyVersion }) => [name, policyVersion]));
}

function errorsOf(text: string): readonly string[] {
  const result = parseWorkspace(text, 'shipmate.yml', folder);
  return result.ok ? [] : result.findings.map(describeFinding);
}

describe('parseWorkspace', () => {
  it('reads when first factors count, and refuses anything else than open and vouched', () => {
    expect(read(`${GOOD}\nsecond_factor: { first_factor: vouched }\n`).secondFactor).toEqual({ firstFactor: 'vouched' });
    expect(read(`${GOOD}\nsecond_factor: {}\n`).secondFactor).toEqual({ firstFactor: 'open' });
    expect(errorsOf(`${GOOD}\nsecond_factor: { first_factor: maybe }\n`).join('\n')).toContain('second_factor.first_factor');
  });

  it('fills in every default', () => {
    expect(read(GOOD)).toEqual({
      name: 'acme',
      folder,
      development: false,
      people: { ada: { id: 'ada', name: 'Ada', identities: { slack: 'T01/U01' } }, linus: { id: 'linus', name: 'linus', identities: {} } },
      environments: {
        staging: {
          name: 'staging',
          protected: false,
          deployers: ['owner', 'admin', 'developer'],
          approvals: null,
          reason: null,
          after: null,
          allowOutdated: true,
          rollbackWithoutApproval: ['incident'],
          freezes: [],
          windows: [],
          lockAfterRollback: false,
          policyVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
        production: {
          name: 'production',
          protected: true,
          deployers: ['owner', 'admin'],
          approvals: {
            rules: [{ count: 1, from: ['owner', 'admin'] }],
            expiresAfterMs: 4 * 3_600_000,
            secondFactor: true,
            waitMs: 0,
            remindAfterMs: 15 * 60_000,
            escalateAfterMs: null,
            escalateTo: ['incident'],
          },
          reason: null,
          after: null,
          allowOutdated: false,
          rollbackWithoutApproval: ['incident'],
          freezes: [],
          windows: [],
          lockAfterRollback: false,
          policyVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      },
      groups: {},
      channels: [{ name: 'deploys', topic: 'All deployments' }],
      audit: { keepMs: null },
      workingHours: [{ kind: 'recurring', cron: '0 6 * * MON-FRI', timeZone: 'UTC', lasts: { days: 0, ms: 12 * 3_600_000 } }],
      hooks: {},
      secondFactor: { firstFactor: 'open' },
      limits: { commandsPerMinute: 60, channelCommandsPerMinute: 300, deploymentsPerHour: 120 },
      engine: { allowBindMounts: [], allowAddedCapabilities: [], allowRootUser: false, encryptNetworks: false, probeImage: null },
      apps: {
        shop: {
          name: 'shop',
          description: 'The shop',
          repository: null,
          composeFiles: [join(folder, 'compose.yaml')],
          environments: {
            staging: {
              overrideFiles: [join(folder, 'compose.staging.yaml')],
              variables: { REPLICAS: '2', DEBUG: 'false' },
              envFiles: [join(folder, 'staging.env')],
              profiles: [],
              channels: [{ platform: 'web', channel: 'deploys' }],
            },
            production: { overrideFiles: [], variables: {}, envFiles: [], profiles: [], channels: [] },
          },
          roles: { owner: ['ada'], admin: [], developer: ['ada', 'linus'], viewer: [], incident: [] },
          subscriptions: [],
        },
      },
    });
  });

  it('reads channels of several platforms, groups in roles and subscriptions', () => {
    const { shop } = read(
      GOOD.replace('channel: deploys', 'channel: [deploys, slack:T01/C01, "discord:118000000000000000"]')
        .replace(
          '      owner: ada',
          '      owner: [ada, slack-group:S01]\n    subscriptions: [{ channel: slack:T01/C02, environment: staging, about: failures }]\n    \n',
        )
        .replace('      developer: everyone\n', ''),
    ).apps;
    expect(shop?.environments['staging']?.channels).toEqual([
      { platform: 'web', channel: 'deploys' },
      { platform: 'slack', channel: 'T01/C01' },
      { platform: 'discord', channel: '118000000000000000' },
    ]);
    expect(shop?.roles.owner).toEqual(['ada', 'slack-group:S01']);
    expect(shop?.subscriptions).toEqual([
      { place: { platform: 'slack', channel: 'T01/C02' }, environment: 'staging', about: ['failures'] },
    ]);
  });

  it('reads who has to agree, and when', () => {
    const policy = `  production:
    approvals: [{ count: 2, from: [owner, admin] }, { from: security }]
    approval_expires: 90m
    second_factor: false
    waiting_period: 5m
    escalate_after: 1h
    escalate_to: [security, ada]
    reason: { pattern: '^SHOP-[0-9]+', example: SHOP-12 because }
    after: staging
    allow_outdated: true
    rollback_without_approval: [incident, owner]
groups:
  security: [linus, slack-group:S01]
ch`;
    const { environments, groups } = read(GOOD.replace('  production:\nch', policy));
    expect(groups).toEqual({ security: ['linus', 'slack-group:S01'] });
    expect(environments['production']).toMatchObject({
      approvals: {
        rules: [
          { count: 2, from: ['owner', 'admin'] },
          { count: 1, from: ['security'] },
        ],
        expiresAfterMs: 90 * 60_000,
        secondFactor: false,
        waitMs: 5 * 60_000,
        escalateAfterMs: 3_600_000,
        escalateTo: ['security', 'ada'],
      },
      reason: { pattern: '^SHOP-[0-9]+', example: 'SHOP-12 because' },
      after: 'staging',
      allowOutdated: true,
      rollbackWithoutApproval: ['incident', 'owner'],
    });
  });

  it('leaves production open only when the file says so', () => {
    const open = read(GOOD.replace('  production:\nchannels', '  production: { protected: false }\nchannels'));
    expect(open.environments['production']).toMatchObject({ protected: false, deployers: ['owner', 'admin', 'developer'] });
  });

  it.each<[title: string, change: (text: string) => string]>([
    ['a comment', (text) => `# a comment\n${text}`],
    ['a new person', (text) => text.replace('  linus:', '  linus:\n  grace:')],
    ['another role', (text) => text.replace('owner: ada', 'owner: linus')],
    ['a channel', (text) => text.replace('All deployments', 'Everything')],
    [
      'a default that is written out',
      (text) => text.replace('  staging:\n  production:\nch', '  staging: { protected: false }\n  production:\nch'),
    ],
  ])('keeps the policy version, and with it what is queued, over %s', (_, change) => {
    expect(change(GOOD)).not.toBe(GOOD);
    expect(versions(change(GOOD))).toEqual(versions(GOOD));
  });

  it.each<[title: string, changed: readonly string[], change: (text: string) => string]>([
    ['an environment’s protection', ['production'], (text) => text.replace('  production:\nch', '  production: { protected: false }\nch')],
    [
      'an environment’s deployers',
      ['staging'],
      (text) => text.replace('  staging:\n  production:\nch', '  staging: { deployers: [owner] }\n  production:\nch'),
    ],
    ['what the engine allows', ['staging', 'production'], (text) => `${text}engine: { allow_root_user: true }\n`],
  ])('has another policy version after a change of %s, for %j', (_, changed, change) => {
    expect(change(GOOD)).not.toBe(GOOD);
    const [before, after] = [versions(GOOD), versions(change(GOOD))];
    expect(Object.keys(before).filter((name) => after[name] !== before[name])).toEqual(changed);
  });

  it('warns about an app that nobody can use', () => {
    const result = parseWorkspace(GOOD.replace(/ {4}roles:[\s\S]*$/, ''), 'shipmate.yml', folder);
    expect(result.ok && result.warnings.map(describeFinding)).toEqual([
      'shipmate.yml:11 apps.shop.roles: names nobody, so nobody can see or deploy this app. Add roles, for example owner: [id].',
    ]);
  });

  it.each<[title: string, wrong: string | RegExp, right: string, error: string]>([
    [
      'an unknown key',
      'description:',
      'descriptoin:',
      'shipmate.yml:12 apps.shop.descriptoin: is not a known key. Did you mean "description"?',
    ],
    [
      'an unknown key that resembles nothing',
      'workspace: acme',
      'workspace: acme\nkubernetes: true',
      'shipmate.yml:2 kubernetes: is not a known key. Known keys here: workspace, development, apps, environments, people, groups, channels, audit, hooks, second_factor, working_hours, limits, engine.',
    ],
    ['a missing key', '    compose: compose.yaml\n', '', 'shipmate.yml:11 apps.shop.compose: is missing. It is: The app’s Compose file'],
    ['a wrong type', 'description: The shop', 'description: [a]', 'shipmate.yml:12 apps.shop.description: must be a text, not a list.'],
    [
      'a number for a text',
      'workspace: acme',
      'workspace: 12',
      'shipmate.yml:1 workspace: must be a text, not the number 12 (quotes make it a text).',
    ],
    ['a bad name', '  shop:\n', '  Shop_App:\n', 'shipmate.yml:11 apps.Shop_App: is not a valid name. It is: Lower-case letters'],
    [
      'an unknown role',
      'owner: ada',
      'boss: ada',
      'shipmate.yml:22 apps.shop.roles.boss: is not a known key. Known keys here: owner, admin, developer, viewer, incident.',
    ],
    [
      'a deployer that is no role',
      '  staging:\n  production:\nchannels',
      '  staging: { deployers: [chief] }\n  production:\nchannels',
      'shipmate.yml:6 environments.staging.deployers[0]: cannot be "chief".',
    ],
    [
      'an unknown person',
      'owner: ada',
      'owner: [adda]',
      'shipmate.yml:22 apps.shop.roles.owner: names "adda", who is not under people. Did you mean "ada"?',
    ],
    [
      'an undeclared environment',
      '      production:\n',
      '      prodution:\n',
      'shipmate.yml:20 apps.shop.environments.prodution: is not under environments. Did you mean "production"?',
    ],
    [
      'an unknown channel',
      'channel: deploys',
      'channel: general',
      'shipmate.yml:19 apps.shop.environments.staging.channel: names "general", which is not under channels.',
    ],
    [
      'a Compose file that is not there',
      'compose: compose.yaml',
      'compose: [compose.yml]',
      `shipmate.yml:13 apps.shop.compose: names a file that is not there: compose.yml. Put it at ${join(folder, 'compose.yml')}`,
    ],
    [
      'an override that is not there',
      'override: compose.staging.yaml',
      'override: other.yaml',
      'shipmate.yml:16 apps.shop.environments.staging.override: names a file that is not there: other.yaml.',
    ],
    [
      'a number that YAML would change',
      'REPLICAS: 2',
      'REPLICAS: 1.10',
      'apps.shop.environments.staging.variables.REPLICAS: would become 1.1, not 1.10. Write it in quotes: "1.10".',
    ],
    [
      'a secret that YAML would change, without showing it',
      'REPLICAS: 2',
      'API_TOKEN: 1.10',
      'apps.shop.environments.staging.variables.API_TOKEN: would become another text than the one written. Write it in quotes.',
    ],
    [
      'a variable name that cannot be one',
      'REPLICAS: 2',
      'RE-PLICAS: 2',
      'shipmate.yml:17 apps.shop.environments.staging.variables.RE-PLICAS: is not a valid name.',
    ],
    ['a reserved person id', '  linus:', '  everyone:', 'shipmate.yml:4 people.everyone: is a reserved word. Choose another id.'],
    [
      'an account of two people',
      '  linus:',
      '  linus: { identities: { slack: T01/U01 } }',
      "shipmate.yml:4 people.linus.identities.slack: is the same account as ada's.",
    ],
    [
      'an account that is none of its platform',
      'slack: T01/U01',
      'slack: ada',
      'shipmate.yml:3 people.ada.identities.slack: is no account of slack: "ada". Write it like T0123ABCD/U0456EFGH; /whoami shows it.',
    ],
    [
      'a group that is none',
      'owner: ada',
      'owner: slack-group:oncall',
      'shipmate.yml:22 apps.shop.roles.owner: names "slack-group:oncall", which is no group. Write it like slack-group:S0123ABCD or',
    ],
    [
      'a channel of a platform that is not named by its id',
      'channel: deploys',
      'channel: slack:#deploys',
      'apps.shop.environments.staging.channel: is no channel: "slack:#deploys". Write its id, like slack:T0123ABCD/C0456EFGH or',
    ],
    [
      'a subscription to an environment that the app does not have',
      '    roles:',
      '    subscriptions: [{ channel: deploys, environment: stagin }]\n    roles:',
      'apps.shop.subscriptions[0].environment: names "stagin", which shop does not have. Did you mean "staging"?',
    ],
    [
      'a subscription to what there is not',
      '    roles:',
      '    subscriptions: [{ channel: deploys, about: [explosions] }]\n    roles:',
      'shipmate.yml:21 apps.shop.subscriptions[0].about',
    ],
    [
      'a group of somebody who is not there',
      'channels:',
      'groups: { security: [ada, zoe] }\nchannels:',
      'groups.security: names "zoe", who is not under people.',
    ],
    ['a group named like a role', 'channels:', 'groups: { owner: [ada] }\nchannels:', 'groups.owner: is also a role or a person.'],
    [
      'an approval by nobody there is',
      '  production:\nch',
      '  production: { approvals: [{ from: sekurity }] }\ngroups: { security: ada }\nch',
      'environments.production.approvals[0].from: names "sekurity", which is no role, group or person. Did you mean "security"?',
    ],
    [
      'approvals where nothing is protected',
      '  staging:\n  production:\nch',
      '  staging: { approvals: [{ from: owner }] }\n  production:\nch',
      'environments.staging.approvals: would ask nobody: the environment is not protected.',
    ],
    ['no approval rule', '  production:\nch', '  production: { approvals: [] }\nch', 'environments.production.approvals'],
    ['an approval of none', '  production:\nch', '  production: { approvals: [{ count: 0, from: owner }] }\nch', 'approvals[0].count'],
    [
      'a length of time that is none',
      '  production:\nch',
      '  production: { approval_expires: soon }\nch',
      'environments.production.approval_expires: is no length of time: write 30m, 2h, 1h30m, 3d or 2w.',
    ],
    [
      'an order after itself',
      '  production:\nch',
      '  production: { after: production }\nch',
      'environments.production.after: names "production", which is no other environment.',
    ],
    [
      'a reason that its own example does not match',
      '  production:\nch',
      '  production: { reason: { pattern: "^SHOP-[0-9]+", example: fix it } }\nch',
      'environments.production.reason.example: does not match the pattern.',
    ],
    [
      'a reason whose pattern is none',
      '  production:\nch',
      '  production: { reason: { pattern: "(", example: fix it } }\nch',
      'environments.production.reason.pattern: is no regular expression.',
    ],
    ['nobody at all', /people:[\s\S]*?(?=environments:)/, 'people: {}\n', 'shipmate.yml:2 people: is empty. List at least one'],
    ['a file that is a list', /^[\s\S]*$/, '- a\n- b\n', 'shipmate.yml:1 (file): must be a mapping, not a list.'],
    ['an empty file', /^[\s\S]*$/, '', 'shipmate.yml (file): must be a mapping, not empty.'],
    [
      'a key written twice',
      'workspace: acme',
      'workspace: acme\nworkspace: b',
      'shipmate.yml:2 (file): is not valid YAML: Map keys must be unique.',
    ],
    ['a tab for indentation', '  staging:\n  production:\nchannels', '\tstaging:\nchannels', 'is not valid YAML'],
    [
      'a relative bind mount',
      'workspace: acme',
      'workspace: acme\nengine: { allow_bind_mounts: [data] }',
      'shipmate.yml:2 engine.allow_bind_mounts[0]: is not written as it must be.',
    ],
  ])('refuses %s, naming line, key and the way out', (_, wrong, right, error) => {
    const broken = GOOD.replace(wrong, right);
    expect(broken).not.toBe(GOOD);
    expect(errorsOf(broken).join('\n')).toContain(error);
  });

  it('refuses two apps whose stacks would have the same name', () => {
    const text = `workspace: acme
people: { ada: }
environments: { pr-1: , "1": }
apps:
  shop: { compose: compose.yaml, environments: { pr-1: } }
  shop-pr: { compose: compose.yaml, environments: { "1": } }
`;
    expect(errorsOf(text)).toEqual([
      'shipmate.yml:6 apps.shop-pr.environments.1: gives the stack name shop-pr-1, like shop in pr-1. Rename the app or the environment.',
    ]);
  });

  it('reports every mistake at once, in the order of the file', () => {
    const broken = GOOD.replace('owner: ada', 'owner: adda').replace('channel: deploys', 'channel: deplois').replace('  linus:', '  bot:');
    expect(errorsOf(broken).map((error) => error.split(' ')[0])).toEqual(['shipmate.yml:4', 'shipmate.yml:19', 'shipmate.yml:22']);
  });

  it('follows anchors and merge keys, and still names the right line', () => {
    const text = GOOD.replace('      production:\n', '      production: &p\n        chanel: deploys\n');
    expect(errorsOf(text)).toEqual([
      'shipmate.yml:21 apps.shop.environments.production.chanel: is not a known key. Did you mean "channel"?',
    ]);
  });
});

describe('readWorkspace', () => {
  it('says how to start when the file is not there', () => {
    const path = join(folder, 'nowhere.yml');
    const result = readWorkspace(path);
    expect(result.ok ? [] : result.findings.map(describeFinding)).toEqual([
      `${path} (file): cannot be read (ENOENT). Copy examples/hello/shipmate.yml to start from, or set SHIPMATE_CONFIG to the file.`,
    ]);
  });
});

describe('checkTogether', () => {
  const development = read(`development: true\n${GOOD}`);

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('lets development mode start on %s', (host) => {
    expect(checkTogether({ host }, development)).toEqual([]);
  });

  it.each(['0.0.0.0', '192.0.2.7', '::', 'example.org'])('refuses development mode on %s, where anyone could be anybody', (host) => {
    expect(checkTogether({ host }, development)).toMatchObject([{ key: 'SHIPMATE_HOST' }]);
    expect(checkTogether({ host }, read(GOOD))).toEqual([]);
  });
});
