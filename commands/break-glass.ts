import { z } from 'zod';
import { reviewsView } from '../src/views/broken-glass.ts';
import { command } from './app.ts';
import { breakGlassForm } from './approval-forms.ts';
import { app, environment, version } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { privately, refused } from './replies.ts';

export const breakGlass = command({
  name: 'break-glass',
  summary: 'In an incident: deploy past approvals, locks and freezes, with a reason and your second factor',
  schema: z.object({
    app,
    environment,
    version: version.meta({ description: 'The version to deploy.' }),
    reason: z
      .string()
      .trim()
      .max(300, 'is too long: at most 300 characters')
      .optional()
      .meta({ description: 'What is broken; the form asks for it when it is left out.' }),
  }),
  positional: ['app', 'environment', 'version', 'reason'],
  permission: 'break_glass',
  changesEnvironment: true,
  opensForm: () => true,
  examples: [
    {
      text: '/break-glass shop production 1.2.1 "checkout is down"',
      explains: 'it is announced, and somebody else signs it off afterwards',
    },
  ],
  complete: completeTarget,
  async handle(useCases, args, { person }) {
    // Nothing is planned before the form is submitted: registry and engine may be slow, and a platform lets a form open for seconds only.
    const denied = await useCases.prepareBreakGlass({ person, app: args.app, environment: args.environment });
    if (denied !== null) return refused(denied);
    return { kind: 'form', form: breakGlassForm(args, args.reason ?? '') };
  },
});

export const reviews = command({
  name: 'reviews',
  summary: 'List deployments that went past their approvals and that nobody has looked at',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/reviews', explains: 'of your apps, with a button to sign each off (only you see it)' }],
  async handle(useCases, _args, { person, now }) {
    return privately(reviewsView(await useCases.listBrokenGlass({ person }), now));
  },
});
