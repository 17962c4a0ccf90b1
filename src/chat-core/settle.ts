import { randomUUID } from 'node:crypto';
import { overLimit } from '../application/rate-limit.ts';
import type { CommandContext, Reply } from '../chat/command.ts';
import { clip, plainLine } from '../chat/plain-text.ts';
import { isLeftToRecord } from '../domain/recorded-refusals.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Stores } from '../ports/database.ts';
import { Fault } from '../ports/faults.ts';
import type { Limit } from '../ports/rate-limits.ts';
import { faultView } from '../views/fault.ts';
import { markAnswered, type TypedText } from './accept-delivery.ts';
import type { ChatCoreParts } from './parts.ts';
import { storeReply, type Together } from './store-reply.ts';

export type Subject = {
  /** For metrics and audit: a command's name or `button:<verb>`, never what somebody typed. */
  readonly command: string;
  /** In words, for a message about a fault. */
  readonly what: string;
  /** What it was about, for the audit record. */
  readonly on: string;
  readonly typed: TypedText | null;
  readonly startedAt: number;
  /** Whoever asked sees a refusal where they asked, and needs no message of it. */
  readonly showsRefusal?: boolean;
};

export type Steps = { accept(): Promise<boolean>; run(): Promise<Reply> };

/**
 * Accepts, runs and stores the answer, in this order. Whatever breaks on the way becomes a private message with a
 * reference that the log has too, so that nobody waits for an answer that never comes.
 */
export async function settle(parts: ChatCoreParts, context: CommandContext, subject: Subject, steps: Steps): Promise<Reply | null> {
  const { metrics, clock } = parts;
  const finished = (result: string) =>
    metrics.commandHandled({ platform: context.platform, command: subject.command, result }, clock.now() - subject.startedAt);
  try {
    if (!(await steps.accept())) {
      finished('repeated');
      return null;
    }
    const limited = await overLimits(parts, context);
    const reply: Reply = limited === null ? await steps.run() : { kind: 'refusal', refusal: limited };
    const stored = await answer(parts, context, subject, reply, refusalRecord(context, subject, reply));
    finished(reply.kind === 'refusal' ? 'refused' : 'done');
    return stored;
  } catch (error) {
    finished('failed');
    return answerFault(parts, context, subject, error);
  }
}

/** Of one person, over all platforms they speak from; and of one channel, over all who speak there. */
async function overLimits(
  { workspace, rateLimits }: ChatCoreParts,
  { person, platform, channel }: CommandContext,
): Promise<Refusal | null> {
  const { commandsPerMinute: own, channelCommandsPerMinute: shared } = workspace().limits;
  const a = (kind: string, max: number): Limit => ({ kind, max, windowMs: 60_000 });
  return (
    (await overLimit(rateLimits, a('commands', own), person.id, `${own} commands a minute are the most`)) ??
    (await overLimit(rateLimits, a('channel', shared), `${platform}:${channel}`, `${shared} commands a minute are the most in one channel`))
  );
}

function refusalRecord(context: CommandContext, subject: Subject, reply: Reply): Together | undefined {
  if (reply.kind !== 'refusal') return undefined;
  const { refused } = reply.refusal;
  if (!isLeftToRecord(refused)) return undefined;
  return (stores) => auditCommand(stores, context, subject, 'refused', { code: refused });
}

/** What did not happen, and why: the record of a refused or broken command. */
async function auditCommand(
  stores: Stores,
  context: CommandContext,
  subject: Subject,
  result: 'refused' | 'failed',
  why: Readonly<Record<string, string>>,
): Promise<void> {
  await stores.audit.append({
    at: context.now,
    actor: context.person.id,
    action: `command.${result}`,
    subject: clip(plainLine(await nameOf(stores, subject)), 100),
    source: `${context.platform}:${context.channel}`,
    result,
    details: { command: subject.command, ...why },
  });
}

/** A button knows a deployment by its id; the trail is read by app and environment. */
async function nameOf(stores: Stores, { command, on }: Subject): Promise<string> {
  const deployment = command.startsWith('button:') ? await stores.deployments.find(on) : null;
  return deployment === null ? on : `${deployment.app}/${deployment.environment}`;
}

/** The answer is stored, and then no later delivery of the same does anything. */
async function answer(parts: ChatCoreParts, context: CommandContext, subject: Subject, reply: Reply, together?: Together): Promise<Reply> {
  const stored = await store(parts, context, subject, reply, together);
  await markAnswered(parts, context);
  return stored;
}

async function store(parts: ChatCoreParts, context: CommandContext, subject: Subject, reply: Reply, together?: Together): Promise<Reply> {
  // What can be done about it are buttons, which stand in messages only.
  const isSaid = reply.kind === 'refusal' && subject.showsRefusal === true && (reply.refusal.offers ?? []).length === 0;
  if (!isSaid) return storeReply(parts, context, subject.typed, reply, together);
  if (together !== undefined) await parts.database.transact(together);
  return reply;
}

async function answerFault(parts: ChatCoreParts, context: CommandContext, subject: Subject, error: unknown): Promise<Reply> {
  const { logger } = parts;
  const reference = randomUUID().slice(0, 8);
  logger.error({ reference, error, command: subject.command, platform: context.platform, person: context.person.id }, 'a command broke');
  const message = faultView(subject.what, reference, error instanceof Fault && error.isTransient);
  const reply: Reply = { kind: 'message', visibility: 'private', message };
  try {
    await auditCommand(parts.database.stores, context, subject, 'failed', { reference });
    return await answer(parts, context, subject, reply);
  } catch (cause) {
    // The database is probably what broke; the platform can still show the answer it gets back.
    logger.error({ reference, error: cause }, 'the answer to a broken command could not be stored');
    return reply;
  }
}
