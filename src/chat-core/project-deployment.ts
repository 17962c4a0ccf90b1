import { rolesOf } from '../application/authorize.ts';
import type { UseCases } from '../application/use-cases.ts';
import type { Message } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import { isFinal } from '../domain/deployment-state.ts';
import { canonicalJson } from '../domain/json.ts';
import { distinctPlaces, isPersonal, type Place } from '../domain/place.ts';
import { type Subscription, wantsCard } from '../domain/subscription.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { Workspace } from '../ports/workspace.ts';
import { deploymentCard } from '../views/deployment-card.ts';
import { deploymentThread } from '../views/deployment-thread.ts';
import { projectApproval } from './tell-approvers.ts';
import { projectReview } from './tell-reviewers.ts';
import { WrittenMessages } from './written-messages.ts';

type Projected = { readonly deployment: Deployment; readonly places: readonly Place[] };

export interface DeploymentProjection {
  /**
   * Writes the deployment's card and thread, as they should read now, into every channel where the card stands. Idempotent;
   * what reads the same is not written. Null when there is no such deployment.
   */
  project(deploymentId: string): Promise<Projected | null>;
}

export type ProjectionParts = {
  readonly database: Database;
  readonly readDeployment: UseCases['readDeployment'];
  /** As it is now: the workspace file may be read again. */
  readonly workspace: () => Workspace;
  readonly clock: Clock;
};

/** Readings that overtake each other are rare; a deployment that changes all the time must not hold the loop. */
const READINGS = 5;

export function createDeploymentProjection(parts: ProjectionParts): DeploymentProjection {
  const written = new WrittenMessages(2000);
  return {
    async project(deploymentId) {
      let last: Projected | null = null;
      for (let reading = 0; reading < READINGS; reading += 1) {
        const facts = await parts.readDeployment(deploymentId);
        if (facts === null) return null;
        const places = await placesOf(parts, facts.deployment);
        const card = deploymentCard(facts);
        const thread = deploymentThread(facts);
        for (const place of places) await write(parts, written, place, facts.deployment, card, thread);
        await projectApproval(parts, written, facts);
        await projectReview(parts, facts);
        last = { deployment: facts.deployment, places };
        // Two processes project: whoever wrote older facts over newer ones sees it here and writes again.
        const now = await parts.database.stores.deployments.find(deploymentId);
        if (now === null || now.revision === facts.deployment.revision) break;
      }
      if (last !== null && isFinal(last.deployment.state)) written.forget(deploymentId);
      return last;
    },
  };
}

/** A channel that is named or subscribed later is told of what goes on, not of what is history; a process that was down catches up. */
const NEWS_MS = 15 * 60_000;

/**
 * Where the card stands: where it was asked for, the environment's own channels, and every channel that follows what this
 * deployment is now. Where it stands already it stays, so that a channel which was told of a failure sees how it ended.
 */
async function placesOf({ workspace, database, clock }: ProjectionParts, deployment: Deployment): Promise<readonly Place[]> {
  const { id, origin, app, environment, finishedAt } = deployment;
  const config = workspace().apps[app];
  const homes = config?.environments[environment]?.channels ?? [];
  const configured = (config?.subscriptions ?? []).filter((wish) => wantsCard({ app, ...wish }, deployment)).map(({ place }) => place);
  const [subscriptions, standing] = await Promise.all([
    database.stores.subscriptions.ofApp(app),
    database.stores.messages.placesOf(cardKey(id)),
  ]);
  const isNews = finishedAt === null || clock.now() - finishedAt < NEWS_MS;
  const wasOver = (since: number): boolean => finishedAt !== null && finishedAt < since;
  // What a person asked for in their own conversation ends with their role; groups are not known here and do not count.
  const maySee = ({ place, createdBy }: Subscription): boolean =>
    !isPersonal(place) || (config !== undefined && rolesOf(config, { id: createdBy.id, name: createdBy.name }).length > 0);
  const subscribed = subscriptions
    .filter((wish) => wantsCard(wish, deployment) && !wasOver(wish.createdAt) && maySee(wish))
    .map(({ place }) => place);
  const told = isNews ? [...homes, ...configured, ...subscribed] : [];
  return distinctPlaces([...(origin === null ? [] : [origin]), ...told, ...standing]);
}

/** The key of a deployment's card, one in each channel. */
export function cardKey(deploymentId: string): string {
  return `card:${deploymentId}`;
}

async function write(
  { database, clock }: ProjectionParts,
  written: WrittenMessages,
  place: Place,
  { id: deploymentId, app }: Pick<Deployment, 'id' | 'app'>,
  card: Message,
  thread: readonly { readonly key: string; readonly message: Message }[],
): Promise<void> {
  const root = await upsert({ key: cardKey(deploymentId), message: card, threadRoot: null });
  for (const { key, message } of thread) await upsert({ key, message, threadRoot: root });

  async function upsert(desired: { key: string; message: Message; threadRoot: string | null }): Promise<string> {
    const text = canonicalJson(desired.message);
    const known = written.idOf(deploymentId, place, desired.key, text);
    if (known !== null) return known;
    const id = await database.transact(async (stores) => {
      const { message, changed } = await stores.messages.upsert({
        ...place,
        threadRoot: desired.threadRoot,
        key: desired.key,
        author: { kind: 'bot' },
        privateTo: null,
        app,
        content: desired.message,
        at: clock.now(),
      });
      if (changed) await database.notify(stores, 'message', message.id);
      return message.id;
    });
    written.remember(deploymentId, place, desired.key, text, id);
    return id;
  }
}
