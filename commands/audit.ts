import { z } from 'zod';
import { DURATION_EXAMPLES, parseDuration } from '../src/domain/duration.ts';
import { isRefusal } from '../src/domain/refusal.ts';
import { auditView } from '../src/views/audit.ts';
import { command } from './app.ts';
import { app, environment, wholeNumber } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { privately, refused } from './replies.ts';

const RESULTS = ['done', 'refused', 'failed'] as const;

export const audit = command({
  name: 'audit',
  summary: 'Read who did what, when, and what was refused',
  schema: z.object({
    app: app.optional().meta({ description: 'The app; everything that you own when left out.' }),
    environment: environment.optional(),
    by: z.string().trim().min(1).max(100).optional().meta({ description: 'A person, by id or name; me for yourself.' }),
    since: z
      .string()
      .trim()
      .refine((text) => parseDuration(text) !== null, `is no length of time: write ${DURATION_EXAMPLES}`)
      .optional()
      .meta({ description: 'How far back, for example 7d.' }),
    result: z.enum(RESULTS).optional().meta({ description: 'Only what was done, refused or failed.' }),
    limit: wholeNumber(1, 40, 15, 'How many records, at most 40.'),
  }),
  positional: ['app', 'environment'],
  permission: 'audit',
  changesEnvironment: false,
  examples: [
    { text: '/audit shop production --since 7d', explains: 'what happened there in the last week, newest first' },
    { text: '/audit shop --result refused', explains: 'who was refused what' },
    { text: '/audit --by me', explains: 'what you did, wherever you are the owner' },
  ],
  async complete(useCases, argument, typed, context) {
    if (argument === 'result') return RESULTS.map((value) => ({ value, label: '' }));
    if (argument === 'by') return [{ value: 'me', label: 'what you did' }];
    if (argument === 'since') return ['1d', '7d', '30d'].map((value) => ({ value, label: '' }));
    return completeTarget(useCases, argument, typed, context);
  },
  async handle(useCases, args, { person, now }) {
    const where = { app: args.app ?? null, environment: args.environment ?? null };
    const lastMs = args.since === undefined ? null : parseDuration(args.since);
    const found = await useCases.readAudit({
      ...where,
      person,
      by: args.by ?? null,
      lastMs,
      result: args.result ?? null,
      limit: args.limit,
    });
    return isRefusal(found) ? refused(found) : privately(auditView({ ...where, records: found }, now));
  },
});
