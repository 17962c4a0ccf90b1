import { z } from 'zod';
import { refusal } from '../src/domain/refusal.ts';
import { doctorView } from '../src/views/doctor.ts';
import { command } from './app.ts';
import { privately, refused } from './replies.ts';

export const doctor = command({
  name: 'doctor',
  summary: 'Check every part that Shipmate needs and say how to mend it',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/doctor', explains: 'database, queue, engine and definitions; only you see the answer' }],
  async handle(useCases, _args, { person }) {
    // What runs where is nothing for strangers.
    if ((await useCases.suggestApps(person)).length === 0) {
      return refused(refusal('not_allowed', 'You have no role in any app here, so this is not for you.', '/whoami says how to get one.'));
    }
    return privately(doctorView(await useCases.diagnose()));
  },
});
