import { z } from 'zod';
import { isRefusal } from '../src/domain/refusal.ts';
import { logsView } from '../src/views/logs.ts';
import { command } from './app.ts';
import { app, environment, service, wholeNumber } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { publicly, refused } from './replies.ts';

export const logs = command({
  name: 'logs',
  summary: 'Show the newest log lines of an app or of one service',
  schema: z.object({
    app,
    environment,
    service: service.optional(),
    tail: wholeNumber(1, 200, 40, 'How many lines, at most 200.'),
  }),
  positional: ['app', 'environment', 'service'],
  permission: 'logs',
  changesEnvironment: false,
  examples: [
    { text: '/logs shop staging web', explains: 'the newest 40 lines of one service' },
    { text: '/logs shop staging --tail 100', explains: 'all services together' },
  ],
  complete: completeTarget,
  async handle(useCases, args, { person }) {
    const asked = args.service ?? null;
    const found = await useCases.readLogs({ person, app: args.app, environment: args.environment, service: asked, tail: args.tail });
    return isRefusal(found) ? refused(found) : publicly(args.app, logsView(args.app, args.environment, asked, found));
  },
});
