import { z } from 'zod';
import { personView } from '../src/views/people.ts';
import { command } from './app.ts';
import { privately } from './replies.ts';

export const whoami = command({
  name: 'whoami',
  summary: 'Show who you are here and what you may do',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/whoami', explains: 'your accounts, groups and roles (only you see it)' }],
  async handle(useCases, _args, { person }) {
    return privately(personView(await useCases.describePerson({ person })));
  },
});
