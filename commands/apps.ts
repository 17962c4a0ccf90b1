import { z } from 'zod';
import { appsView } from '../src/views/apps.ts';
import { command } from './app.ts';
import { privately } from './replies.ts';

export const apps = command({
  name: 'apps',
  summary: 'List your apps, your role in each, and what their environments run',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/apps', explains: 'only what you may see, and only you see the answer' }],
  async handle(useCases, _args, { person }) {
    return privately(appsView(await useCases.listApps({ person })));
  },
});
