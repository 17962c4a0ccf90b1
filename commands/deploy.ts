import { z } from 'zod';
import { command } from './app.ts';
import { app, environment, reason, version } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { deployForm } from './deploy-form.ts';
import { cardOf, originOf } from './replies.ts';

export const deploy = command({
  name: 'deploy',
  summary: 'Deploy an app to an environment and follow it on a live card',
  schema: z.object({
    app,
    environment,
    version: version.optional(),
    reason,
    latest: z
      .boolean()
      .default(false)
      .meta({ description: 'Latest wins: cancel what waits for this environment; its cards say so. What runs goes on.' }),
  }),
  positional: ['app', 'environment', 'version'],
  permission: 'deploy',
  changesEnvironment: true,
  examples: [
    { text: '/deploy shop staging 1.1.0', explains: 'staging goes to 1.1.0 and back by itself when it is not healthy' },
    { text: '/deploy shop staging 1.1.0 --reason "checkout fix"', explains: 'the same, and everyone sees why' },
    { text: '/deploy shop staging 1.1.0 --latest', explains: 'instead of whatever still waits there' },
    { text: '/deploy shop staging', explains: 'deploys the current version again with what changed in its definition' },
  ],
  complete: completeTarget,
  form: deployForm,
  async handle(useCases, args, context) {
    return cardOf(
      await useCases.requestDeployment({
        person: context.person,
        app: args.app,
        environment: args.environment,
        version: args.version ?? null,
        reason: args.reason ?? null,
        latestWins: args.latest,
        origin: originOf(context),
      }),
    );
  },
});
