import type { Deployment } from '../../domain/deployment.ts';
import type { DeploymentDocument, EnvironmentDocument } from '../../ports/machine-api.ts';
import type { EnvironmentStatus } from '../use-cases.ts';

export function deploymentDocument(deployment: Deployment): DeploymentDocument {
  const { id, kind, app, environment, version, previousVersion, state, stage, requester, reason, failure, planHash } = deployment;
  return {
    id,
    kind,
    app,
    environment,
    version,
    previousVersion,
    state,
    stage,
    requester: { id: requester.id, name: requester.name },
    reason,
    failure: failure === null ? null : { code: failure.code, service: failure.service, message: failure.message },
    planHash,
    requestedAt: isoTime(deployment.requestedAt),
    startedAt: deployment.startedAt === null ? null : isoTime(deployment.startedAt),
    finishedAt: deployment.finishedAt === null ? null : isoTime(deployment.finishedAt),
  };
}

export function environmentDocument({ app, environment, current, services, open }: EnvironmentStatus): EnvironmentDocument {
  return {
    app,
    environment,
    version: current?.version ?? null,
    revision: current?.number ?? null,
    since: current === null ? null : isoTime(current.activeFrom),
    services: services?.map(({ service, image, desired, running, health }) => ({ service, image, desired, running, health })) ?? null,
    open: open.map(deploymentDocument),
  };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
