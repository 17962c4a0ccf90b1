import { z } from 'zod';
import { isRefusal } from '../src/domain/refusal.ts';
import { planView } from '../src/views/plan.ts';
import { command } from './app.ts';
import { app, environment, version } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { publicly, refused } from './replies.ts';

export const plan = command({
  name: 'plan',
  summary: 'Show what a deployment would change, without doing it',
  schema: z.object({ app, environment, version: version.optional() }),
  positional: ['app', 'environment', 'version'],
  permission: 'plan',
  changesEnvironment: false,
  examples: [
    { text: '/plan shop staging 1.1.0', explains: 'what is created, changed field by field, and removed' },
    { text: '/plan shop staging', explains: 'what changed in the definition since the last deployment' },
  ],
  complete: completeTarget,
  async handle(useCases, args, { person }) {
    const found = await useCases.planDeployment({ person, app: args.app, environment: args.environment, version: args.version ?? null });
    return isRefusal(found) ? refused(found) : publicly(args.app, planView(found));
  },
});
