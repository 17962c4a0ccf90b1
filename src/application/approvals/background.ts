import type { ApprovalBackground, CommitRange, Trial } from '../../domain/approval-facts.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { isOpenAt } from '../../domain/freeze-window.ts';
import { stackName } from '../../domain/names.ts';
import { isSameRelease } from '../../domain/promotion-order.ts';
import type { Release } from '../../domain/release.ts';
import { riskFlags } from '../../domain/risk.ts';
import type { Stores } from '../../ports/database.ts';
import type { AppConfig, EnvironmentConfig } from '../../ports/workspace.ts';
import type { Parts } from '../parts.ts';
import { knownCommits } from './known-commits.ts';

const LOOKED_AT = 50;

/** What there is to know before one says yes. */
export async function backgroundOf(
  parts: Parts,
  stores: Stores,
  app: AppConfig,
  environment: EnvironmentConfig | undefined,
  deployment: Deployment,
): Promise<ApprovalBackground> {
  const release = await stores.releases.find(deployment.releaseId);
  const current = await stores.releases.currentRevision(deployment.stack);
  const running = current === null ? null : await stores.releases.find(current.releaseId);
  const trial = release === null ? null : await trialOf(stores, app, environment, deployment, release);
  const { plan, requestedAt } = deployment;
  const hours = { freezes: [], windows: parts.workspace().workingHours };
  return {
    commits: await commitsOf(parts, stores, app, deployment, running, release),
    trial,
    wayBack: current === null ? null : { version: current.version, revision: current.number },
    risks: riskFlags({ plan, isFirst: current === null, trial, isOutsideHours: !isOpenAt(hours, requestedAt, parts.schedules) }),
  };
}

/** The environment that comes before this one; without an order, whichever of the app's ran it last. */
async function trialOf(
  stores: Stores,
  app: AppConfig,
  environment: EnvironmentConfig | undefined,
  deployment: Deployment,
  release: Release,
): Promise<Trial | null> {
  const after = environment?.after ?? null;
  const names = after === null ? Object.keys(app.environments).filter((name) => name !== deployment.environment) : [after];
  const trials = await Promise.all(names.map((name) => trialIn(stores, app.name, name, release)));
  return trials.filter((trial) => trial !== null).sort((a, b) => b.since - a.since)[0] ?? null;
}

async function trialIn(stores: Stores, app: string, environment: string, release: Release): Promise<Trial | null> {
  const revisions = await stores.releases.revisions(stackName(app, environment), LOOKED_AT);
  const index = revisions.findIndex(({ version }) => version === release.version);
  const revision = revisions[index];
  const tried = revision === undefined ? null : await stores.releases.find(revision.releaseId);
  if (revision === undefined || tried === null || !isSameRelease(tried, release)) return null;
  const next = revisions[index - 1];
  const after = next === undefined ? null : await stores.deployments.find(next.deploymentId);
  return { environment, since: revision.activeFrom, until: revision.activeTo, wasRolledBack: after?.kind === 'rollback' };
}

async function commitsOf(
  parts: Parts,
  stores: Stores,
  { repository }: AppConfig,
  deployment: Deployment,
  running: Release | null,
  release: Release | null,
): Promise<CommitRange | null> {
  const from = running?.sourceCommit ?? null;
  const to = release?.sourceCommit ?? null;
  if (from === null || to === null || from === to) return null;
  if (repository === null) return { from, to, url: null, between: null };
  const between = await knownCommits(parts, stores, deployment.id, { repository, from, to });
  return { from, to, url: `${repository.replace(/\/$/, '')}/compare/${from}...${to}`, between };
}
