import { diffStacks } from '../domain/diff-stacks.ts';
import { isVersion, stackName } from '../domain/names.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import type { Release, Revision } from '../domain/release.ts';
import { authorize, memberOf } from './authorize.ts';
import type { Parts } from './parts.ts';
import { prepareRelease } from './prepare-release.ts';
import type { Difference, DifferenceSide, UseCases } from './use-cases.ts';

type Request = Parameters<UseCases['readDifference']>[0];
type Side = { readonly side: DifferenceSide; readonly release: Release };

const LOOKED_BACK = 50;

/**
 * `/diff`: what an environment runs, beside what another one runs, beside a release that it ran before or would get by a version, or
 * (with nothing to compare with) what its last release changed. By the releases as recorded: what the engine shows is `/status`.
 */
export async function readDifference(parts: Parts, request: Request): Promise<Difference | Refusal> {
  const { person, app, environment, to } = request;
  const access = authorize(parts.workspace(), { person, app, environment, permission: 'plan', changes: false });
  if (isRefusal(access)) return access;
  const revisions = await parts.database.stores.releases.revisions(stackName(app, environment), LOOKED_BACK);
  const [current, ...earlier] = revisions;
  if (current === undefined) return nothingDeployed(app, environment);
  const running = await recorded(parts, environment, current);
  if (to === null) {
    const last = earlier.find(({ releaseId }) => releaseId !== current.releaseId);
    if (last === undefined) return nothingBefore(app, environment, current.version);
    return compare(await recorded(parts, environment, last), running);
  }
  if (to === environment)
    return refusal('invalid_arguments', `That is ${environment} beside itself.`, 'Name another environment or a version.');
  const other =
    memberOf(access.app.environments, to) === undefined ? atVersion(parts, request, to, revisions) : runningIn(parts, request, to);
  const found = await other;
  return isRefusal(found) ? found : compare(running, found);
}

function compare(before: Side, after: Side): Difference {
  return { before: before.side, after: after.side, services: diffStacks(before.release.spec, after.release.spec) };
}

async function runningIn(parts: Parts, { person, app }: Request, environment: string): Promise<Side | Refusal> {
  const access = authorize(parts.workspace(), { person, app, environment, permission: 'plan', changes: false });
  if (isRefusal(access)) return access;
  const current = await parts.database.stores.releases.currentRevision(stackName(app, environment));
  return current === null ? nothingDeployed(app, environment) : recorded(parts, environment, current);
}

/** A version that ran there is compared as it ran; another one as its definition would be deployed now. */
async function atVersion(
  parts: Parts,
  { app, environment }: Request,
  version: string,
  revisions: readonly Revision[],
): Promise<Side | Refusal> {
  const ran = revisions.find((revision) => `#${revision.number}` === version || revision.version === version);
  if (ran !== undefined) return recorded(parts, environment, ran);
  if (!isVersion(version))
    return refusal(
      'unknown_version',
      `“${version}” is neither an environment of ${app} nor a version.`,
      `See /history ${app} ${environment}.`,
    );
  const prepared = await prepareRelease(parts, { app, environment, version });
  if (isRefusal(prepared)) return prepared;
  return { side: { app, environment, version: prepared.release.version, revision: null }, release: prepared.release };
}

async function recorded(parts: Parts, environment: string, { number, releaseId, version }: Revision): Promise<Side> {
  const release = await parts.database.stores.releases.find(releaseId);
  if (release === null) throw new Error(`revision ${number} names a release that is not stored`);
  return { side: { app: release.app, environment, version, revision: number }, release };
}

function nothingDeployed(app: string, environment: string): Refusal {
  return refusal(
    'nothing_deployed',
    `Nothing was deployed to ${app} ${environment} yet, so there is nothing to compare.`,
    `Type /plan ${app} ${environment} <version>.`,
  );
}

function nothingBefore(app: string, environment: string, version: string): Refusal {
  const hint = `Compare with another environment or a version: /diff ${app} ${environment} <environment or version>`;
  return refusal('invalid_arguments', `${app} ${environment} has run only ${version}; there is no earlier release.`, hint);
}
