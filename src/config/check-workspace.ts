import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { accountProblem, GROUP_EXAMPLES, isGroup } from '../domain/account.ts';
import { stackName } from '../domain/names.ts';
import { ROLES } from '../domain/permissions.ts';
import { PLACE_EXAMPLES, parsePlace } from '../domain/place.ts';
import { ALL } from '../domain/scope.ts';
import { isSecretKey } from '../domain/service-diff.ts';
import type { Finding } from '../ports/app-source.ts';
import { checkHooks } from './check-hooks.ts';
import { formatPath } from './explain-issue.ts';
import { suggest } from './near-miss.ts';
import { checkSchedules } from './schedules.ts';
import type { WorkspaceFile } from './workspace-schema.ts';
import type { YamlFile } from './yaml-file.ts';

/** Stands for all people listed, where people are named. */
export const EVERYONE = 'everyone';
/** What there is when `channels` is left out. */
export const DEFAULT_CHANNELS = { deploys: { topic: 'Deployments' } };
/** Person ids that mean something else in roles or in the audit log. */
const RESERVED_IDS: readonly string[] = [EVERYONE, 'system', 'bot'];

export const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** Is there a file at this absolute path? */
export type IsThere = (path: string) => boolean;

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** What the shape alone cannot say: names that must exist, files that must be there, names that must not collide. */
export function checkWorkspace(content: WorkspaceFile, yaml: YamlFile, folder: string, isThere: IsThere = isFile): readonly Finding[] {
  const finding = (path: readonly PropertyKey[], problem: string, remedy: string): Finding => ({
    file: yaml.file,
    line: yaml.lineOf(path),
    key: formatPath(path),
    problem,
    remedy,
  });
  const people = Object.keys(content.people);
  const environments = Object.keys(content.environments);
  const channels = Object.keys(content.channels ?? DEFAULT_CHANNELS);
  return [
    ...missing(content, finding),
    ...checkNames(content, finding),
    ...checkPeople(content, finding),
    ...Object.entries(content.apps).flatMap(([app, config]) => [
      ...listOf(config.compose).flatMap((path) => checkFile(['apps', app, 'compose'], path)),
      ...Object.entries(config.roles ?? {}).flatMap(([role, members]) =>
        listOf(members)
          .filter((member) => member !== EVERYONE && !people.includes(member) && !isGroup(member))
          .map((member) =>
            member.includes(':')
              ? finding(
                  ['apps', app, 'roles', role],
                  `names "${member}", which is no group.`,
                  `Write it like ${GROUP_EXAMPLES.join(' or ')}.`,
                )
              : finding(['apps', app, 'roles', role], `names "${member}", who is not under people.`, suggest(member, people, 'people')),
          ),
      ),
      ...(config.subscriptions ?? []).flatMap(({ channel, environment }, index) => {
        const path = ['apps', app, 'subscriptions', index];
        const own = Object.keys(config.environments);
        return [
          ...checkPlace([...path, 'channel'], channel),
          ...(environment === undefined || own.includes(environment)
            ? []
            : [
                finding(
                  [...path, 'environment'],
                  `names "${environment}", which ${app} does not have.`,
                  suggest(environment, own, 'environments'),
                ),
              ]),
        ];
      }),
      ...Object.entries(config.environments).flatMap(([environment, settings]) => {
        const path = ['apps', app, 'environments', environment];
        return [
          ...(environments.includes(environment)
            ? []
            : [finding(path, 'is not under environments.', `${suggest(environment, environments, 'environments')} Or declare it there.`)]),
          ...listOf(settings?.channel).flatMap((channel) => checkPlace([...path, 'channel'], channel)),
          ...listOf(settings?.override).flatMap((file) => checkFile([...path, 'override'], file)),
          ...listOf(settings?.env_files).flatMap((file) => checkFile([...path, 'env_files'], file)),
          ...checkVariables([...path, 'variables'], settings?.variables ?? {}),
        ];
      }),
    ]),
    ...checkGroups(content, finding),
    ...checkPolicies(content, finding),
    ...checkSchedules(content, finding),
    ...checkHooks(content, finding),
    ...collisions(content, finding),
  ];

  function checkPlace(path: readonly PropertyKey[], text: string): readonly Finding[] {
    const place = parsePlace(text);
    if (place === null) return [finding(path, `is no channel: "${text}".`, `Write its id, like ${PLACE_EXAMPLES.join(' or ')}.`)];
    if (place.platform !== 'web' || channels.includes(text)) return [];
    return [finding(path, `names "${text}", which is not under channels.`, suggest(text, channels, 'channels'))];
  }

  function checkFile(path: readonly PropertyKey[], file: string): readonly Finding[] {
    const absolute = resolve(folder, file);
    if (isThere(absolute)) return [];
    return [finding(path, `names a file that is not there: ${file}.`, `Put it at ${absolute}, or correct the path.`)];
  }

  /** `1.10` is the number 1.1 to YAML; a container must not get another text than the one that was written. */
  function checkVariables(path: readonly PropertyKey[], variables: Readonly<Record<string, unknown>>): readonly Finding[] {
    return Object.entries(variables).flatMap(([name, value]) => {
      const source = yaml.sourceOf([...path, name]);
      if (typeof value === 'string' || source === null || source === String(value)) return [];
      if (isSecretKey(name)) return [finding([...path, name], 'would become another text than the one written.', 'Write it in quotes.')];
      return [finding([...path, name], `would become ${String(value)}, not ${source}.`, `Write it in quotes: "${source}".`)];
    });
  }
}

type MakeFinding = (path: readonly PropertyKey[], problem: string, remedy: string) => Finding;

/** `/lock all` means every app. */
function checkNames(content: WorkspaceFile, finding: MakeFinding): readonly Finding[] {
  return (['apps', 'environments'] as const)
    .filter((key) => Object.hasOwn(content[key], ALL))
    .map((key) => finding([key, ALL], 'is a reserved word.', 'Choose another name.'));
}

function checkGroups(content: WorkspaceFile, finding: MakeFinding): readonly Finding[] {
  const people = Object.keys(content.people);
  return Object.entries(content.groups ?? {}).flatMap(([group, members]) => {
    const path = ['groups', group];
    const isTaken = people.includes(group) || [...ROLES, EVERYONE].includes(group);
    return [
      ...(isTaken ? [finding(path, 'is also a role or a person.', 'Choose another name for the group.')] : []),
      ...listOf(members)
        .filter((member) => member !== EVERYONE && !people.includes(member) && !isGroup(member))
        .map((member) => finding(path, `names "${member}", who is not under people.`, suggest(member, people, 'people'))),
    ];
  });
}

/** What an environment asks for before it is changed. A policy that can never be met denies for ever, so it is said when it is written. */
function checkPolicies(content: WorkspaceFile, finding: MakeFinding): readonly Finding[] {
  const environments = Object.keys(content.environments);
  const deciders: readonly string[] = [...ROLES, ...Object.keys(content.groups ?? {}), ...Object.keys(content.people)];
  return Object.entries(content.environments).flatMap(([name, environment]) => {
    const path = ['environments', name];
    const isProtected = environment?.protected ?? name === 'production';
    const named = [
      ...(environment?.approvals ?? []).flatMap(({ from }, index) =>
        listOf(from).map((one) => ({ one, at: [...path, 'approvals', index, 'from'] })),
      ),
      ...listOf(environment?.escalate_to).map((one) => ({ one, at: [...path, 'escalate_to'] })),
    ];
    const { after, reason } = environment ?? {};
    return [
      ...named
        .filter(({ one }) => !deciders.includes(one) && !isGroup(one))
        .map(({ one, at }) =>
          finding(at, `names "${one}", which is no role, group or person.`, suggest(one, deciders, 'roles, groups and people')),
        ),
      ...(isProtected || environment?.approvals === undefined
        ? []
        : [
            finding(
              [...path, 'approvals'],
              'would ask nobody: the environment is not protected.',
              'Add `protected: true`, or remove them.',
            ),
          ]),
      ...(after === undefined || (environments.includes(after) && after !== name)
        ? []
        : [finding([...path, 'after'], `names "${after}", which is no other environment.`, suggest(after, environments, 'environments'))]),
      ...(typeof reason === 'object' ? checkReason(reason, [...path, 'reason'], finding) : []),
    ];
  });
}

function checkReason(reason: { pattern: string; example: string }, path: readonly PropertyKey[], finding: MakeFinding): readonly Finding[] {
  let pattern: RegExp;
  try {
    pattern = new RegExp(reason.pattern, 'u');
  } catch {
    return [finding([...path, 'pattern'], 'is no regular expression.', 'Write it in quotes, for example "^[A-Z]+-[0-9]+".')];
  }
  if (pattern.test(reason.example)) return [];
  return [finding([...path, 'example'], 'does not match the pattern.', 'People will type what the example shows.')];
}

function missing(content: WorkspaceFile, finding: MakeFinding): readonly Finding[] {
  return (['apps', 'environments', 'people'] as const)
    .filter((key) => Object.keys(content[key]).length === 0)
    .map((key) => finding([key], 'is empty.', 'List at least one; see examples/hello/shipmate.yml.'));
}

function checkPeople(content: WorkspaceFile, finding: MakeFinding): readonly Finding[] {
  const accounts = new Map<string, string>();
  return Object.entries(content.people).flatMap(([id, person]) => {
    const path = ['people', id];
    const findings = RESERVED_IDS.includes(id) ? [finding(path, 'is a reserved word.', 'Choose another id.')] : [];
    for (const [platform, account] of Object.entries(person?.identities ?? {})) {
      const example = accountProblem(platform, account);
      if (example !== null) {
        findings.push(
          finding(
            [...path, 'identities', platform],
            `is no account of ${platform}: "${account}".`,
            `Write it like ${example}; /whoami shows it.`,
          ),
        );
      }
      const key = `${platform}:${account}`;
      const other = accounts.get(key);
      if (other !== undefined) {
        findings.push(
          finding([...path, 'identities', platform], `is the same account as ${other}'s.`, 'An account belongs to one person.'),
        );
      }
      accounts.set(key, id);
    }
    return findings;
  });
}

/** `shop-pr` in `1` and `shop` in `pr-1` would both be the stack `shop-pr-1`. */
function collisions(content: WorkspaceFile, finding: MakeFinding): readonly Finding[] {
  const owners = new Map<string, string>();
  return Object.entries(content.apps).flatMap(([app, config]) =>
    Object.keys(config.environments).flatMap((environment) => {
      const stack = stackName(app, environment);
      const owner = owners.get(stack);
      owners.set(stack, `${app} in ${environment}`);
      if (owner === undefined) return [];
      return [
        finding(
          ['apps', app, 'environments', environment],
          `gives the stack name ${stack}, like ${owner}.`,
          'Rename the app or the environment.',
        ),
      ];
    }),
  );
}
