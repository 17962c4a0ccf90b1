import { createAccessUseCases } from './access/use-cases.ts';
import { createSecretUseCases } from './app-secrets/create-secret-use-cases.ts';
import { createApprovalUseCases } from './approvals/approval-use-cases.ts';
import { cancelDeployment } from './cancel-deployment.ts';
import { describePerson } from './describe-person.ts';
import { diagnose } from './diagnose.ts';
import { unlessResting } from './engine-breaker.ts';
import { finishLink, startLink, unlink } from './link-accounts.ts';
import { listApps } from './list-apps.ts';
import { createLockUseCases } from './locks/create-lock-use-cases.ts';
import { createTokenUseCases } from './machines/tokens.ts';
import type { Parts } from './parts.ts';
import { planDeployment } from './plan-deployment.ts';
import { readAudit } from './read-audit.ts';
import { readDeployment } from './read-deployment.ts';
import { readDifference } from './read-difference.ts';
import { readHistory } from './read-history.ts';
import { readLogs } from './read-logs.ts';
import { readStatus } from './read-status.ts';
import { requestDeployment } from './request-deployment.ts';
import { requestPromotion } from './request-promotion.ts';
import { planRollback, requestRollback, requestRollbackOf } from './request-rollback.ts';
import { retryDeployment } from './retry-deployment.ts';
import { createFactorUseCases } from './second-factor/use-cases.ts';
import { signOut } from './sessions/sign-out.ts';
import { listSubscriptions, subscribe, unsubscribe } from './subscriptions.ts';
import { suggestApps, suggestEnvironments, suggestServices, suggestVersions } from './suggest.ts';
import type { UseCases } from './use-cases.ts';

/** Every use case with its parts in hand. */
export function createUseCases(parts: Parts): UseCases {
  return {
    ...createLockUseCases(parts),
    planDeployment: (request) => unlessResting(parts, () => planDeployment(parts, request)),
    readDifference: (request) => unlessResting(parts, () => readDifference(parts, request)),
    requestDeployment: (request) => unlessResting(parts, () => requestDeployment(parts, request)),
    requestPromotion: (request) => unlessResting(parts, () => requestPromotion(parts, request)),
    retryDeployment: (request) => unlessResting(parts, () => retryDeployment(parts, request)),
    planRollback: (request) => unlessResting(parts, () => planRollback(parts, request)),
    requestRollback: (request) => unlessResting(parts, () => requestRollback(parts, request)),
    requestRollbackOf: (request) => unlessResting(parts, () => requestRollbackOf(parts, request)),
    cancelDeployment: (request) => cancelDeployment(parts, request),
    readStatus: (request) => readStatus(parts, request),
    readHistory: (request) => readHistory(parts, request),
    readLogs: (request) => unlessResting(parts, () => readLogs(parts, request)),
    readDeployment: (id) => readDeployment(parts, id),
    listApps: (request) => listApps(parts, request),
    diagnose: () => diagnose(parts),
    readAudit: (request) => readAudit(parts, request),
    startLink: (request) => startLink(parts, request),
    finishLink: (request) => finishLink(parts, request),
    unlink: (request) => unlink(parts, request),
    describePerson: (request) => describePerson(parts, request),
    subscribe: (request) => subscribe(parts, request),
    unsubscribe: (request) => unsubscribe(parts, request),
    listSubscriptions: (request) => listSubscriptions(parts, request),
    suggestApps: (person) => suggestApps(parts, person),
    suggestEnvironments: (person, app) => suggestEnvironments(parts, person, app),
    suggestVersions: (person, app, environment) => suggestVersions(parts, person, app, environment),
    suggestServices: (person, app, environment) => suggestServices(parts, person, app, environment),
    ...createSecretUseCases(parts),
    ...createTokenUseCases(parts),
    ...createFactorUseCases(parts),
    signOut: (request) => signOut(parts, request),
    ...createApprovalUseCases(parts),
    ...createAccessUseCases(parts),
  };
}
