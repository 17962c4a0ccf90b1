import { z } from 'zod';
import { INPUT_LIMITS } from '../src/chat/limits.ts';
import { DURATION_EXAMPLES, parseDuration } from '../src/domain/duration.ts';
import { isRefusal, type Refusal, refusal } from '../src/domain/refusal.ts';
import { lockedView, locksView, stolenView, unlockedView } from '../src/views/locks.ts';
import { command } from './app.ts';
import { app } from './arguments.ts';
import { privately, publicly, refused, sourceOf } from './replies.ts';
import { completeScope, readScope } from './scope.ts';

const LONGEST_DAYS = 366;

/** Checked where the words are told apart: after `all` the next one may be the reason. */
const environment = z.string().trim().min(1).max(INPUT_LIMITS.reasonLength);

export const lock = command({
  name: 'lock',
  summary: 'Keep everybody else from deploying for a while',
  schema: z.object({
    app: app.meta({ description: 'The app, or all.' }),
    environment: environment.optional().meta({ description: 'The environment, or all.' }),
    reason: environment.optional().meta({ description: 'Why; everybody who tries to deploy is told.' }),
    duration: z
      .string()
      .trim()
      .optional()
      .meta({ description: `How long: ${DURATION_EXAMPLES}; until unlocked when left out.` }),
    steal: z.boolean().default(false).meta({ description: 'Take over a lock that somebody else holds; they are told.' }),
  }),
  positional: ['app', 'environment', 'reason', 'duration'],
  permission: 'lock',
  changesEnvironment: true,
  examples: [
    { text: '/lock shop production "db migration" 2h', explains: 'only you deploy there for two hours; you are reminded before the end' },
    { text: '/lock shop production 4h', explains: 'the same again: your own lock lasts longer' },
    { text: '/lock shop production --steal', explains: 'takes over somebody else’s lock and tells them' },
    { text: '/lock all "incident" 1h', explains: 'every app; for people who may freeze all of them' },
  ],
  complete: completeScope,
  async handle(useCases, args, context) {
    const read = await readScope(useCases, 'lock', context.person, args);
    if (isRefusal(read)) return refused(read);
    const words = [read.rest, args.reason ?? null, args.duration ?? null].filter((word) => word !== null);
    const why = readReason(words);
    if (isRefusal(why)) return refused(why);
    const request = { person: context.person, scope: read.scope, source: sourceOf(context), ...why };
    if (!args.steal) {
      const taken = await useCases.lockEnvironment(request);
      return isRefusal(taken) ? refused(taken) : publicly(taken.scope.app, lockedView(taken));
    }
    const stolen = await useCases.stealLock(request);
    if (isRefusal(stolen)) return refused(stolen);
    return publicly(stolen.lock.scope.app, stolen.from === null ? lockedView(stolen.lock) : stolenView(stolen.lock, stolen.from.name));
  },
});

/** A reason, a length of time, or both in this order: `/lock shop staging 2h` needs no quotes for nothing. */
function readReason(words: readonly string[]): { reason: string | null; forMs: number | null } | Refusal {
  const last = words.at(-1);
  const forMs = last === undefined ? null : parseDuration(last);
  const reasons = forMs === null ? words : words.slice(0, -1);
  if (reasons.length > 1) {
    return refusal(
      'invalid_arguments',
      `“${reasons[1]}” is no length of time.`,
      `Write it like ${DURATION_EXAMPLES}, and a reason in quotes.`,
    );
  }
  if (forMs !== null && forMs > LONGEST_DAYS * 86_400_000) {
    return refusal(
      'invalid_arguments',
      `That is longer than ${LONGEST_DAYS} days.`,
      'Leave the length out to lock until somebody unlocks it.',
    );
  }
  return { reason: reasons[0] ?? null, forMs };
}

export const unlock = command({
  name: 'unlock',
  summary: 'Release a lock',
  schema: z.object({
    app: app.meta({ description: 'The app, or all.' }),
    environment: environment.optional().meta({ description: 'The environment, or all.' }),
  }),
  positional: ['app', 'environment'],
  permission: 'lock',
  changesEnvironment: true,
  examples: [
    { text: '/unlock shop production', explains: 'your own lock, or one that a rollback left' },
    { text: '/unlock all', explains: 'the lock on every app' },
  ],
  complete: completeScope,
  async handle(useCases, args, context) {
    const { person } = context;
    const read = await readScope(useCases, 'unlock', person, args);
    if (isRefusal(read)) return refused(read);
    if (read.rest !== null) return refused(refusal('invalid_arguments', `“${read.rest}” is no environment.`, 'Type: /unlock all'));
    const released = await useCases.unlockEnvironment({ person, scope: read.scope, source: sourceOf(context) });
    return isRefusal(released) ? refused(released) : publicly(read.scope.app, unlockedView(released, person));
  },
});

export const locks = command({
  name: 'locks',
  summary: 'List who locked what, why and until when',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/locks', explains: 'in your apps (only you see it)' }],
  async handle(useCases, _args, { person }) {
    return privately(locksView(await useCases.listLocks({ person }), person.id));
  },
});
