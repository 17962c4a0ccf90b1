import { z } from 'zod';
import { isRefusal, refusal } from '../src/domain/refusal.ts';
import { command } from './app.ts';
import { environment } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { refused, sourceOf } from './replies.ts';

export const cancel = command({
  name: 'cancel',
  summary: 'Stop a deployment; what it changed goes back',
  schema: z.object({
    app: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is neither an app nor a deployment’s id')
      .meta({ label: 'app|deployment', description: 'The app, or alone the id that the card shows.' }),
    environment: environment.optional(),
  }),
  positional: ['app', 'environment'],
  permission: 'cancel',
  changesEnvironment: true,
  examples: [
    { text: '/cancel shop staging', explains: 'the deployment that is under way or next there' },
    { text: '/cancel 7k2m9x4q', explains: 'one deployment by its id' },
  ],
  complete: completeTarget,
  async handle(useCases, args, context) {
    const { person } = context;
    const target = args.environment === undefined ? { deployment: args.app } : { app: args.app, environment: args.environment };
    const result = await useCases.cancelDeployment({ person, target, source: sourceOf(context) });
    if (!isRefusal(result)) return { kind: 'card', deploymentId: result.deployment.id };
    if (result.refused !== 'unknown_deployment' || !(await useCases.suggestApps(person)).includes(args.app)) return refused(result);
    const environments = await useCases.suggestEnvironments(person, args.app);
    return refused(
      refusal(
        'invalid_arguments',
        `Which environment of ${args.app}?`,
        `Type: ${environments.map((name) => `/cancel ${args.app} ${name}`).join(' or ')}`,
      ),
    );
  },
});
