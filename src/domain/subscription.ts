import type { Deployment, Person } from './deployment.ts';
import type { Place } from './place.ts';

/** What a channel can be told about. */
export const TOPICS = ['all', 'starts', 'approvals', 'successes', 'failures', 'rollbacks'] as const;
export type Topic = (typeof TOPICS)[number];

/** A channel's wish to see the cards of an app's deployments. */
export type Subscription = {
  readonly id: string;
  readonly place: Place;
  readonly app: string;
  /** Null: every environment of the app. */
  readonly environment: string | null;
  readonly about: readonly Topic[];
  readonly createdBy: Person;
  readonly createdAt: number;
  /** Set when the channel could not be written to any more. */
  readonly muted: { readonly at: number; readonly because: string } | null;
};

/** Does it want this deployment's card? A card that stands is kept up to date, whatever becomes of the deployment. */
export function wantsCard(wish: Pick<Subscription, 'app' | 'environment' | 'about'>, deployment: Deployment): boolean {
  if (wish.app !== deployment.app || (wish.environment !== null && wish.environment !== deployment.environment)) return false;
  return wish.about.some((topic) => isAbout(topic, deployment));
}

function isAbout(topic: Topic, { state, kind, startedAt }: Deployment): boolean {
  switch (topic) {
    case 'all':
      return true;
    case 'starts':
      return startedAt !== null;
    case 'approvals':
      return state === 'awaiting_approval' || state === 'rejected' || state === 'expired';
    case 'successes':
      return state === 'succeeded';
    case 'failures':
      return state === 'failed' || state === 'errored' || state === 'rolled_back';
    case 'rollbacks':
      return kind === 'rollback' || state === 'rolled_back';
  }
}
