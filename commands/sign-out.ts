import { z } from 'zod';
import { isRefusal } from '../src/domain/refusal.ts';
import { signedOutView } from '../src/views/sessions.ts';
import { command } from './app.ts';
import { privately, refused, sourceOf } from './replies.ts';

export const signOut = command({
  name: 'sign-out',
  summary: 'End sessions of the browser chat: your own elsewhere, or somebody’s',
  schema: z.object({
    person: z
      .string()
      .trim()
      .min(1)
      .max(80, 'is too long for a person')
      .optional()
      .meta({ description: 'Whose sessions, for owners and admins; left out, your own.' }),
  }),
  positional: ['person'],
  permission: null,
  changesEnvironment: false,
  examples: [
    { text: '/sign-out', explains: 'wherever else you are signed in to the browser chat, for instance from your phone' },
    { text: '/sign-out olga', explains: 'all sessions of Olga, when her computer is lost; for owners and admins' },
  ],
  async complete(useCases, argument, _typed, { person }) {
    if (argument !== 'person') return [];
    return (await useCases.suggestPeople(person)).map(({ id, name }) => ({ value: id, label: name }));
  },
  async handle(useCases, { person: target }, context) {
    const answer = await useCases.signOut({ person: context.person, target: target ?? null, source: sourceOf(context) });
    return isRefusal(answer) ? refused(answer) : privately(signedOutView(answer));
  },
});
