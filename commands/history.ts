import { z } from 'zod';
import { isRefusal } from '../src/domain/refusal.ts';
import { historyView } from '../src/views/history.ts';
import { command } from './app.ts';
import { app, environment, wholeNumber } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { publicly, refused } from './replies.ts';

export const history = command({
  name: 'history',
  summary: 'List who deployed what when, and how it ended',
  schema: z.object({
    app,
    environment: environment.optional(),
    limit: wholeNumber(1, 40, 10, 'How many deployments, at most 40.'),
  }),
  positional: ['app', 'environment'],
  permission: 'view',
  changesEnvironment: false,
  examples: [
    { text: '/history shop staging', explains: 'the last ten deployments with success rate and median duration' },
    { text: '/history shop --limit 30', explains: 'all environments, the last thirty' },
  ],
  complete: completeTarget,
  async handle(useCases, args, { person, now }) {
    const asked = args.environment ?? null;
    const found = await useCases.readHistory({ person, app: args.app, environment: asked, limit: args.limit });
    return isRefusal(found) ? refused(found) : publicly(args.app, historyView(args.app, asked, found, now));
  },
});
