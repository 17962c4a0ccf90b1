import { z } from 'zod';
import { command } from './app.ts';
import { app, environment, reason } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { cardOf, originOf } from './replies.ts';

export const promote = command({
  name: 'promote',
  summary: 'Deploy to an environment what another one runs, on the same images',
  schema: z.object({
    app,
    from: environment.meta({ description: 'The environment that runs it.' }),
    to: environment.meta({ description: 'The environment that gets it.' }),
    reason,
  }),
  positional: ['app', 'from', 'to'],
  permission: 'deploy',
  changesEnvironment: true,
  examples: [{ text: '/promote shop testing staging', explains: 'staging gets what testing runs now, even if its tags were moved since' }],
  complete: (useCases, argument, typed, context) =>
    completeTarget(useCases, argument === 'from' || argument === 'to' ? 'environment' : argument, typed, context),
  async handle(useCases, args, context) {
    const { app: name, from, to } = args;
    const request = { person: context.person, app: name, from, to, reason: args.reason ?? null, origin: originOf(context) };
    return cardOf(await useCases.requestPromotion(request));
  },
});
