import { type ApprovalPolicy, standing } from '../domain/approval-policy.ts';
import type { Person } from '../domain/deployment.ts';
import { humanBehind } from '../domain/machine.ts';
import { stackName } from '../domain/names.ts';
import { isOutdated, isSameRelease } from '../domain/promotion-order.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import type { Release } from '../domain/release.ts';
import type { Stores } from '../ports/database.ts';
import type { AppConfig, EnvironmentConfig } from '../ports/workspace.ts';
import { eligibleFor, hasPlatformGroup, peopleBehind } from './approvals/approvers.ts';
import type { Parts } from './parts.ts';

/** Revisions that are looked at for what ran before. */
const LOOKED_AT = 200;

/** Does the reason say what the environment asks for? Null when it does. */
export function checkReason({ name, reason: wanted }: EnvironmentConfig, reason: string | null): Refusal | null {
  if (wanted === null) return null;
  const given = reason?.trim() ?? '';
  const example = wanted.example ?? 'why it is needed';
  const how = `Add: --reason "${example}"`;
  if (given === '') return refusal('reason_required', `Deployments to ${name} say why.`, how);
  if (wanted.pattern === null || new RegExp(wanted.pattern, 'u').test(given)) return null;
  return refusal('reason_required', `That reason is not what ${name} asks for.`, how);
}

/** Has the environment before this one run the very same release, and is it no step back? Null when all is well. */
export async function checkOrder(stores: Releases, environment: EnvironmentConfig, release: Release): Promise<Refusal | null> {
  return (await checkTried(stores, environment, release)) ?? (await checkOutdated(stores, environment, release));
}

type Releases = Pick<Stores, 'releases'>;

async function checkTried({ releases }: Releases, { name, after }: EnvironmentConfig, release: Release): Promise<Refusal | null> {
  if (after === null) return null;
  const { app, version } = release;
  const revisions = await releases.revisions(stackName(app, after), LOOKED_AT);
  const sameVersion = revisions.filter((revision) => revision.version === version);
  for (const id of new Set(sameVersion.map(({ releaseId }) => releaseId))) {
    const tried = await releases.find(id);
    if (tried !== null && isSameRelease(tried, release)) return null;
  }
  const why =
    sameVersion.length === 0
      ? `${version} has not run in ${after} yet, and ${name} comes after it.`
      : `${version} ran in ${after} with other images than it has now, so this very release was not tried there.`;
  return refusal('not_in_order', why, `Deploy it there first, then: /promote ${app} ${after} ${name}`);
}

async function checkOutdated(
  { releases }: Releases,
  { name, allowOutdated }: EnvironmentConfig,
  release: Release,
): Promise<Refusal | null> {
  if (allowOutdated) return null;
  const revisions = await releases.revisions(release.spec.stack, LOOKED_AT);
  if (!isOutdated(release.version, revisions)) return null;
  const [current] = revisions;
  const message = `${release.app} ${name} runs ${current?.version ?? '?'}; ${release.version} is older.`;
  return refusal('outdated', message, `To go back: /rollback ${release.app} ${name} ${release.version}`);
}

/** Could enough people agree at all? A request that nobody can decide would only wait. */
export function checkApprovers(parts: Parts, app: AppConfig, environment: EnvironmentConfig, person: Person): ApprovalPolicy | Refusal {
  const workspace = parts.workspace();
  const policy = environment.approvals;
  // Each person agrees for one rule only. How many there are in a platform's group is not known.
  const rules = (policy?.rules ?? []).filter(({ from }) => !hasPlatformGroup(workspace, app, from));
  const others = peopleBehind(
    workspace,
    app,
    rules.flatMap(({ from }) => from),
  ).filter(({ id }) => id !== humanBehind(person.id));
  const { filled } = standing(
    rules,
    others.map((other) => eligibleFor(workspace, app, rules, other)),
  );
  const missing = rules.find(({ count }, index) => (filled[index] ?? 0) < count);
  if (policy !== null && missing === undefined) return policy;
  const where = `${app.name} ${environment.name}`;
  const who = missing === undefined ? 'nobody' : missing.from.join(', ');
  const isOne = missing !== undefined && eligibleFor(workspace, app, [missing], person).length > 0;
  return refusal(
    'no_approvers',
    `Nobody could approve this: ${where} asks for ${missing?.count ?? 'approvals'} of ${who}${isOne ? ' beside yourself' : ''}, and there are not enough.`,
    'Whoever keeps shipmate.yml can name more people there.',
  );
}
