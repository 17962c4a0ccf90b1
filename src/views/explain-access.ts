import type { Element } from '../chat/message.ts';
import type { Answer, AppExplanation, EnvironmentAccess } from '../domain/access-facts.ts';
import type { Permission } from '../domain/permissions.ts';
import { originWords } from './access.ts';
import { strong, text } from './compose-message.ts';
import { names } from './wording.ts';

const WORDS: Readonly<Record<Permission, string>> = {
  view: 'see it',
  logs: 'read logs',
  plan: 'plan',
  deploy: 'deploy',
  rollback: 'roll back',
  cancel: 'cancel',
  operate: 'operate',
  lock: 'lock',
  freeze: 'freeze',
  secret: 'set secrets',
  audit: 'read the audit',
  grant: 'change roles',
  break_glass: 'break the glass',
  review: 'sign off broken glass',
};

/** One line: `shop: developer (shipmate.yml), incident (given by Olga until 21 Nov 20:00 UTC)`. */
export function rolesLine({ app, roles }: AppExplanation, now: number): string {
  const each = roles.map(({ role, origins }) => `${role} (${origins.map((origin) => originWords(origin, now)).join(' and ')})`);
  return `${app}: ${each.join(', ')}`;
}

/** What somebody may do with an app, environment by environment; what they may not, why, and whom to ask. */
export function explanation(app: AppExplanation, now: number): readonly Element[] {
  const roles = app.roles.map(({ role }) => role);
  return [
    strong(rolesLine(app, now)),
    ...answerLines(app.everywhere, `not part of ${names(roles)}`),
    ...app.environments.flatMap((environment) => [
      strong(`${app.app} ${environment.environment}`),
      ...answerLines(environment.answers, `not part of ${names(roles)}`),
      ...approvalLines(environment),
    ]),
  ];
}

function answerLines(answers: readonly Answer[], lacking: string): readonly Element[] {
  const may = answers.filter(({ decision }) => decision.allowed).map(({ permission }) => WORDS[permission]);
  const missing = Map.groupBy(
    answers.filter(({ decision }) => !decision.allowed),
    (answer) => `${whyNot(answer, lacking)}. ${whomToAsk(answer.ask)}`,
  );
  return [
    ...(may.length === 0 ? [] : [text(`✅ ${may.join(', ')}`)]),
    ...[...missing].map(([why, group]) => text(`🚫 ${group.map(({ permission }) => WORDS[permission]).join(', ')}: ${why}`)),
  ];
}

function whyNot({ decision }: Answer, lacking: string): string {
  if (decision.allowed) return '';
  switch (decision.reason) {
    case 'no_role':
      return 'you have no role';
    case 'role_lacks_permission':
      return lacking;
    case 'environment_restricted':
      return 'only others may change this environment';
    default:
      return decision.reason satisfies never;
  }
}

function approvalLines({ approval }: EnvironmentAccess): readonly Element[] {
  if (approval === null) return [];
  const rules = approval.rules.map(({ count, from }) => `${count} of ${names(from)}`).join(', and ');
  const freely = approval.rollsBackFreely ? ' You go back to the last good revision without asking.' : '';
  const others = approval.ask.length === 0 ? 'nobody else' : names(approval.ask);
  const own = approval.counts
    ? `You may approve what others ask for; for what you ask: ${others}.`
    : `You may not approve. These may: ${others}.`;
  return [text(`👥 Has to be approved by ${rules}.${freely}`), text(own)];
}

function whomToAsk(ask: readonly string[]): string {
  return ask.length === 0 ? 'Nobody may yet: an owner gives the role by /access.' : `Ask ${names(ask)}.`;
}
