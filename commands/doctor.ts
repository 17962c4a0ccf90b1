import { z } from 'zod';
import { doctorView } from '../src/views/doctor.ts';
import { command } from './app.ts';
import { privately } from './replies.ts';

export const doctor = command({
  name: 'doctor',
  summary: 'Check every part that Shipmate needs and say how to mend it',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/doctor', explains: 'database, queue, engine and definitions; only you see the answer' }],
  async handle(useCases) {
    return privately(doctorView(await useCases.diagnose()));
  },
});
