import { makePlan } from '../domain/make-plan.ts';
import { isVersion, stackName } from '../domain/names.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import { authorize, policyVersionOf } from './authorize.ts';
import type { PlannedDeployment, TargetRequest } from './deployment-requests.ts';
import { foreignServices, foreignStack } from './foreign-stack.ts';
import { hashPlan } from './identity.ts';
import type { Parts } from './parts.ts';
import { type PreparedRelease, prepareRelease } from './prepare-release.ts';

/** `/plan`: what a deployment would change, without doing it. */
export async function planDeployment(parts: Parts, request: TargetRequest): Promise<PlannedDeployment | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'plan', changes: false });
  if (isRefusal(access)) return access;
  const composed = await composePlan(parts, request);
  if (isRefusal(composed) || access.environment?.protected !== true) return composed;
  return { ...composed, warnings: [...composed.warnings, needsApproval(request.environment)] };
}

/** Before somebody in a hurry counts on it. */
export function needsApproval(environment: string): string {
  return `${environment} is protected: people are asked to approve it before anything changes.`;
}

export type ComposedPlan = PlannedDeployment & {
  readonly prepared: PreparedRelease;
  /** Number of the revision that it starts from; null when the environment runs nothing. */
  readonly baseRevision: number | null;
};

/** The plan with the release it was made from; the caller has authorized. */
export async function composePlan(parts: Parts, request: TargetRequest): Promise<ComposedPlan | Refusal> {
  if (request.version !== null && !isVersion(request.version)) {
    const message = `“${request.version}” is not a version.`;
    return refusal('invalid_arguments', message, 'A version is an image tag: letters, digits, dots, dashes and underscores, at most 128.');
  }
  const stack = stackName(request.app, request.environment);
  const current = await parts.database.stores.releases.currentRevision(stack);
  const version = request.version ?? current?.version ?? null;
  const [prepared, observed] = await Promise.all([prepareRelease(parts, { ...request, version }), parts.orchestrator.observe(stack)]);
  if (isRefusal(prepared)) return prepared;
  const foreign = foreignServices(observed);
  if (foreign.length > 0) return foreignStack(stack, foreign);
  const { release, notes } = prepared;
  const plan = makePlan({ kind: 'deploy', version: release.version, spec: release.spec, specHash: release.specHash, observed, notes });
  return {
    plan,
    planHash: hashPlan(plan, 'deploy', policyVersionOf(parts.workspace(), request.environment)),
    currentVersion: current?.version ?? null,
    baseRevision: current?.number ?? null,
    warnings: prepared.warnings,
    prepared,
  };
}
