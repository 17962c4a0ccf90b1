import { randomUUID } from 'node:crypto';
import { namedPerson } from '../domain/deployment.ts';
import { isSamePlace } from '../domain/place.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import type { Subscription } from '../domain/subscription.ts';
import { authorize, visibleApps } from './authorize.ts';
import type { Parts } from './parts.ts';
import type { ListedSubscription, SubscribeRequest, UseCases } from './use-cases.ts';

/** `/subscribe`: the channel sees the app's cards from now on, or only those it asks for. */
export async function subscribe(parts: Parts, request: SubscribeRequest): Promise<Subscription | Refusal> {
  const { person, place, app, environment, about, source } = request;
  const access = authorize(parts.workspace(), { person, app, environment, permission: 'view', changes: false });
  if (isRefusal(access)) return access;
  const now = parts.clock.now();
  const topics = about.includes('all') || about.length === 0 ? (['all'] as const) : [...new Set(about)];
  const createdBy = namedPerson(person);
  const subscription: Subscription = { id: randomUUID(), place, app, environment, about: topics, createdBy, createdAt: now, muted: null };
  await parts.database.transact(async (stores) => {
    await stores.subscriptions.put(subscription);
    await stores.audit.append(recordOf(request, 'subscription.add', now, { about: topics.join(',') }));
  });
  return { ...subscription, createdBy: namedPerson(person) };

  function recordOf(of: SubscribeRequest, action: string, at: number, details: Readonly<Record<string, string>>) {
    const subject = of.environment === null ? of.app : `${of.app}/${of.environment}`;
    return {
      at,
      actor: of.person.id,
      action,
      subject,
      source,
      result: 'done' as const,
      details: { ...details, channel: of.place.channel },
    };
  }
}

/** `/unsubscribe`. What `shipmate.yml` says is ended there. */
export async function unsubscribe(parts: Parts, request: Omit<SubscribeRequest, 'about'>): Promise<readonly Subscription[] | Refusal> {
  const { person, place, app, environment, source } = request;
  const workspace = parts.workspace();
  const access = authorize(workspace, { person, app, environment, permission: 'view', changes: false });
  // Whoever made it may end it, also when they may not see the app any more.
  if (isRefusal(access) && !(await isOwn(parts, request))) return access;
  const now = parts.clock.now();
  const removed = await parts.database.transact(async (stores) => {
    const ended = await stores.subscriptions.remove(place, app, environment ?? 'any');
    for (const one of ended) {
      const subject = one.environment === null ? app : `${app}/${one.environment}`;
      const details = { channel: place.channel };
      await stores.audit.append({ at: now, actor: person.id, action: 'subscription.end', subject, source, result: 'done', details });
    }
    return ended;
  });
  if (removed.length > 0) return removed;
  const isConfigured = workspace.apps[app]?.subscriptions.some((one) => isSamePlace(one.place, place)) ?? false;
  return refusal(
    'already_done',
    `This channel does not follow ${environment === null ? app : `${app} ${environment}`} by /subscribe.`,
    isConfigured ? 'It does by shipmate.yml: end it there.' : '/subscriptions lists what it follows.',
  );
}

async function isOwn({ database }: Parts, { person, place, app }: Omit<SubscribeRequest, 'about'>): Promise<boolean> {
  const here = await database.stores.subscriptions.ofPlace(place);
  const ofApp = here.filter((one) => one.app === app);
  return ofApp.length > 0 && ofApp.every(({ createdBy }) => createdBy.id === person.id);
}

export async function listSubscriptions(
  parts: Parts,
  { person, place }: Parameters<UseCases['listSubscriptions']>[0],
): Promise<readonly ListedSubscription[]> {
  const workspace = parts.workspace();
  const visible = visibleApps(workspace, person);
  const configured = visible.flatMap((app) =>
    (workspace.apps[app]?.subscriptions ?? [])
      .filter((one) => isSamePlace(one.place, place))
      .map(({ environment, about }) => ({ app, environment, about, muted: null, isConfigured: true })),
  );
  const stored = await parts.database.stores.subscriptions.ofPlace(place);
  return [...configured, ...stored.filter(({ app }) => visible.includes(app)).map((one) => ({ ...one, isConfigured: false }))];
}
