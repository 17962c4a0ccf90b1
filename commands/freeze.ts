import { z } from 'zod';
import { INPUT_LIMITS } from '../src/chat/limits.ts';
import { DURATION_EXAMPLES } from '../src/domain/duration.ts';
import { isRefusal, refusal } from '../src/domain/refusal.ts';
import { MOMENT_EXAMPLES } from '../src/domain/zoned-time.ts';
import { freezesView, frozenView, unfrozenView } from '../src/views/freezes.ts';
import { command } from './app.ts';
import { app } from './arguments.ts';
import { privately, publicly, refused, sourceOf } from './replies.ts';
import { completeScope, readScope } from './scope.ts';

/** Checked where the words are told apart: after `all` the next one may be the reason. */
const words = z.string().trim().min(1).max(INPUT_LIMITS.reasonLength);
const value = z.string().trim().min(1).max(100).optional();

export const freeze = command({
  name: 'freeze',
  summary: 'Take no deployments for a while, or again and again',
  schema: z.object({
    app: app.meta({ description: 'The app, or all.' }),
    environment: words.optional().meta({ description: 'The environment, or all.' }),
    reason: words.optional().meta({ description: 'Why; everybody who tries to deploy is told.' }),
    from: value.meta({ description: 'Once: from when; now when left out.' }),
    until: value.meta({ description: `Once: until when; ${MOMENT_EXAMPLES}.` }),
    cron: value.meta({ description: 'Again and again: minute, hour, day, month, weekday.' }),
    for: value.meta({ description: `How long: ${DURATION_EXAMPLES}.` }),
    'time-zone': value.meta({ description: 'Whose clocks: Europe/Berlin.' }),
  }),
  positional: ['app', 'environment', 'reason'],
  permission: 'freeze',
  changesEnvironment: true,
  examples: [
    { text: '/freeze shop production "stocktaking" --for 3h', explains: 'from now on; a rollback to the last good release goes through' },
    {
      text: '/freeze shop production "Christmas" --from 2026-12-23 --until 2026-12-27 --time-zone Europe/Berlin',
      explains: 'once; a date alone means its first moment',
    },
    {
      text: '/freeze all production "weekend" --cron "0 18 * * FRI" --for 2d15h --time-zone Europe/Berlin',
      explains: 'every week, in every app; for people who may freeze all of them',
    },
  ],
  complete: completeScope,
  async handle(useCases, args, context) {
    const read = await readScope(useCases, 'freeze', context.person, args);
    if (isRefusal(read)) return refused(read);
    const reason = read.rest ?? args.reason;
    if (reason === undefined || (read.rest !== null && args.reason !== undefined)) {
      const message = reason === undefined ? 'A freeze needs a reason: everybody who tries to deploy is told.' : 'There are two reasons.';
      return refused(refusal('invalid_arguments', message, 'Put it in quotes: /freeze shop production "stocktaking" --for 3h'));
    }
    const schedule = {
      from: args.from ?? null,
      until: args.until ?? null,
      cron: args.cron ?? null,
      lasts: args.for ?? null,
      timeZone: args['time-zone'] ?? null,
    };
    const made = await useCases.freeze({ person: context.person, scope: read.scope, source: sourceOf(context), reason, schedule });
    return isRefusal(made) ? refused(made) : publicly(made.scope.app, frozenView(made));
  },
});

export const unfreeze = command({
  name: 'unfreeze',
  summary: 'End a freeze that was made with /freeze',
  schema: z.object({
    app: z
      .string()
      .trim()
      .toLowerCase()
      .min(1)
      .max(40)
      .meta({ label: 'app|id', description: 'The freeze’s id as /freezes shows it, or the app.' }),
    environment: words.optional().meta({ description: 'The environment, or all, when an app was named.' }),
  }),
  positional: ['app', 'environment'],
  permission: 'freeze',
  changesEnvironment: true,
  examples: [
    { text: '/unfreeze shop production', explains: 'all that were made for exactly this' },
    { text: '/unfreeze 7k2m9x4q', explains: 'one of them' },
  ],
  complete: completeScope,
  async handle(useCases, args, context) {
    const { person } = context;
    const source = sourceOf(context);
    const names = [...(await useCases.suggestApps(person)), 'all'];
    if (args.environment === undefined && !names.includes(args.app)) {
      const ended = await useCases.unfreeze({ person, target: { id: args.app }, source });
      return isRefusal(ended) ? refused(ended) : publicly(ended[0]?.scope.app ?? null, unfrozenView(ended, person.name));
    }
    const read = await readScope(useCases, 'unfreeze', person, args);
    if (isRefusal(read)) return refused(read);
    if (read.rest !== null) return refused(refusal('invalid_arguments', `“${read.rest}” is no environment.`, 'Type: /unfreeze all'));
    const ended = await useCases.unfreeze({ person, target: { scope: read.scope }, source });
    return isRefusal(ended) ? refused(ended) : publicly(ended[0]?.scope.app ?? null, unfrozenView(ended, person.name));
  },
});

export const freezes = command({
  name: 'freezes',
  summary: 'List what is frozen and when environments take deployments',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/freezes', explains: 'in your apps, those of shipmate.yml too (only you see it)' }],
  async handle(useCases, _args, { person }) {
    return privately(freezesView(await useCases.listFreezes({ person })));
  },
});
