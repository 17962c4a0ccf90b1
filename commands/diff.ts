import { z } from 'zod';
import { isRefusal } from '../src/domain/refusal.ts';
import { differenceView } from '../src/views/difference.ts';
import { command } from './app.ts';
import { app, environment } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { publicly, refused } from './replies.ts';

export const diff = command({
  name: 'diff',
  summary: 'Compare what two environments run, or a release with another one',
  schema: z.object({
    app,
    environment,
    with: z
      .string()
      .trim()
      .regex(/^#?[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'is neither an environment nor a version')
      .optional()
      .meta({
        label: 'environment|version',
        description: 'Another environment, a version, or a revision number (#3); without it the release before this one.',
      }),
  }),
  positional: ['app', 'environment', 'with'],
  permission: 'plan',
  changesEnvironment: false,
  examples: [
    { text: '/diff shop staging production', explains: 'what runs in staging beside what runs in production, field by field' },
    { text: '/diff shop staging 1.1.0', explains: 'what staging runs beside that version' },
    { text: '/diff shop staging', explains: 'what the last release changed' },
  ],
  async complete(useCases, argument, typed, context) {
    if (argument !== 'with') return completeTarget(useCases, argument, typed, context);
    const [environments, versions] = await Promise.all([
      completeTarget(useCases, 'environment', typed, context),
      completeTarget(useCases, 'version', typed, context),
    ]);
    return [...environments.filter(({ value }) => value !== typed['environment']), ...versions];
  },
  async handle(useCases, args, { person }) {
    const found = await useCases.readDifference({ person, app: args.app, environment: args.environment, to: args.with ?? null });
    return isRefusal(found) ? refused(found) : publicly(args.app, differenceView(found));
  },
});
