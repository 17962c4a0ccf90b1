import { z } from 'zod';
import type { EnvironmentStatus } from '../src/application/use-cases.ts';
import type { CommandContext } from '../src/chat/command.ts';
import { isRefusal } from '../src/domain/refusal.ts';
import { statusOverview, statusView } from '../src/views/status.ts';
import { type App, command } from './app.ts';
import { app, environment } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { privately, publicly, refused } from './replies.ts';

/** Apps asked at a time for the overview: each is a few requests to the engine. */
const AT_A_TIME = 4;

export const status = command({
  name: 'status',
  summary: 'Show what runs, whether it is healthy, and what is under way',
  schema: z.object({ app: app.optional(), environment: environment.optional() }),
  positional: ['app', 'environment'],
  permission: 'view',
  changesEnvironment: false,
  examples: [
    { text: '/status shop staging', explains: 'one environment with its services' },
    { text: '/status shop', explains: 'every environment of the app' },
    { text: '/status', explains: 'everything you may see, on one line each (only you see it)' },
  ],
  complete: completeTarget,
  async handle(useCases, args, context) {
    if (args.app === undefined) return privately(statusOverview(await readAll(useCases, context), context.now));
    const found = await useCases.readStatus({ person: context.person, app: args.app, environment: args.environment ?? null });
    return isRefusal(found) ? refused(found) : publicly(args.app, statusView(args.app, found, context.now));
  },
});

async function readAll(useCases: App, { person }: CommandContext): Promise<readonly EnvironmentStatus[]> {
  const apps = await useCases.listApps({ person });
  const all: EnvironmentStatus[] = [];
  for (let start = 0; start < apps.length; start += AT_A_TIME) {
    const found = await Promise.all(
      apps.slice(start, start + AT_A_TIME).map(({ app }) => useCases.readStatus({ person, app, environment: null })),
    );
    all.push(...found.flatMap((statuses) => (isRefusal(statuses) ? [] : statuses)));
  }
  return all;
}
