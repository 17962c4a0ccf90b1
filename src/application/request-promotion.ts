import { stackName } from '../domain/names.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import { pinsOf } from './approvals/what-changed.ts';
import { authorize, memberOf } from './authorize.ts';
import type { Parts } from './parts.ts';
import { requestDeployment } from './request-deployment.ts';
import type { PromotionRequest, RequestedDeployment } from './use-cases.ts';

/**
 * `/promote`: what was tried in one environment goes to the next, on the very images that ran there. What the environments
 * differ in by their own files (replicas, variables, services) stays as those files say.
 */
export async function requestPromotion(parts: Parts, request: PromotionRequest): Promise<RequestedDeployment | Refusal> {
  const { person, app, from, to, reason, origin } = request;
  if (from === to)
    return refusal('invalid_arguments', `${app} would go from ${from} to ${from}.`, 'Name two environments: /promote <app> <from> <to>');
  const access = authorize(parts.workspace(), { person, app, environment: from, permission: 'view', changes: false });
  if (isRefusal(access)) return access;
  const { releases } = parts.database.stores;
  const current = await releases.currentRevision(stackName(app, from));
  const release = current === null ? null : await releases.find(current.releaseId);
  if (current === null || release === null) {
    return refusal(
      'nothing_deployed',
      `${app} ${from} runs nothing that could be promoted.`,
      `Deploy there first: /deploy ${app} ${from} <version>`,
    );
  }
  const pins = new Map(pinsOf(release.spec));
  // Where people have to say why, nothing is said for them.
  const isAsked = (memberOf(parts.workspace().environments, to)?.reason ?? null) !== null;
  const because = reason ?? (isAsked ? null : `promoted from ${from} (revision ${current.number})`);
  return requestDeployment(parts, {
    person,
    app,
    environment: to,
    version: current.version,
    reason: because,
    origin,
    pins,
    promotedFrom: from,
  });
}
