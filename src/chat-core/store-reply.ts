import type { CommandContext, Reply } from '../chat/command.ts';
import { assertNever, type Message } from '../chat/message.ts';
import { isSamePlace, type Place } from '../domain/place.ts';
import type { Stores } from '../ports/database.ts';
import { cardElsewhere } from '../views/card-elsewhere.ts';
import { refusalView } from '../views/refusal.ts';
import { type Readers, type TypedText, typedMessage } from './accept-delivery.ts';
import type { ChatCoreParts } from './parts.ts';
import { approvalKey } from './tell-approvers.ts';

/** What is written in the same transaction as a refusal. */
export type Together = (stores: Stores) => Promise<void>;

/** Writes the answer where its readers are and returns what the platform is told. Errors are private, results public. */
export async function storeReply(
  parts: ChatCoreParts,
  context: CommandContext,
  typed: TypedText | null,
  reply: Reply,
  together: Together = async () => undefined,
): Promise<Reply> {
  switch (reply.kind) {
    case 'message':
      await post(parts, context, typed, reply.message, readersOf(context, reply));
      return reply;
    case 'refusal':
      await post(parts, context, typed, refusalView(reply.refusal), { privateTo: context.person.id, app: null }, together);
      return reply;
    case 'card':
      return storeCard(parts, context, typed, reply);
    case 'form':
      return reply;
    default:
      return assertNever(reply);
  }
}

async function post(
  parts: ChatCoreParts,
  context: CommandContext,
  typed: TypedText | null,
  message: Message,
  readers: Readers,
  together: Together = async () => undefined,
) {
  const { database } = parts;
  await database.transact(async (stores) => {
    await together(stores);
    if (readers.privateTo === null) await showTyped(parts, stores, context, typed, readers.app);
    const stored = await stores.messages.upsert({
      platform: context.platform,
      channel: context.channel,
      threadRoot: null,
      key: `reply:${context.deliveryId}`,
      author: { kind: 'bot' },
      ...readers,
      content: message,
      at: parts.clock.now(),
    });
    await database.notify(stores, 'message', stored.message.id);
  });
}

function readersOf({ person }: CommandContext, { visibility, app }: Extract<Reply, { kind: 'message' }>): Readers {
  return visibility === 'private' ? { privateTo: person.id, app: null } : { privateTo: null, app: app ?? null };
}

/** The card stands where the deployment was asked for. Somebody who gets it for an answer elsewhere is told where that is. */
async function storeCard(
  parts: ChatCoreParts,
  context: CommandContext,
  typed: TypedText | null,
  reply: Extract<Reply, { kind: 'card' }>,
): Promise<Reply> {
  await parts.database.transact(async (stores) => {
    const deployment = await stores.deployments.find(reply.deploymentId);
    // Of one that is not there nobody knows whom it concerns: what was typed stays its writer's own.
    if (deployment !== null) await showTyped(parts, stores, context, typed, deployment.app);
  });
  const projected = await parts.projection.project(reply.deploymentId);
  const here: Place = { platform: context.platform, channel: context.channel };
  if (projected === null || projected.places.some((place) => isSamePlace(place, here))) return reply;
  // Whoever decided in their own conversation sees it on the request that they pressed.
  if (await isAskedHere(parts, context, reply.deploymentId)) return reply;
  const message = cardElsewhere(projected.deployment, projected.places[0] ?? null);
  const { app } = projected.deployment;
  await post(parts, context, typed, message, { privateTo: null, app });
  return { kind: 'message', visibility: 'public', app, message };
}

async function isAskedHere({ database }: ChatCoreParts, { platform, channel, person }: CommandContext, deploymentId: string) {
  const request = await database.stores.approvals.findByDeployment(deploymentId);
  if (request === null) return false;
  const copies = await database.stores.messages.placesOf(approvalKey(request.id, person.id));
  return copies.some((place) => isSamePlace(place, { platform, channel }));
}

/** The answer is there for everybody who may see the app, and so is what was asked. */
async function showTyped(
  { database }: ChatCoreParts,
  stores: Stores,
  context: CommandContext,
  typed: TypedText | null,
  app: string | null,
): Promise<void> {
  if (typed === null) return;
  const { message, changed } = await stores.messages.upsert(typedMessage(context, typed, { privateTo: null, app }));
  if (changed) await database.notify(stores, 'message', message.id);
}
