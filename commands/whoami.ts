import { z } from 'zod';
import { isRefusal } from '../src/domain/refusal.ts';
import { personView } from '../src/views/people.ts';
import { command } from './app.ts';
import { app } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { privately, refused } from './replies.ts';

export const whoami = command({
  name: 'whoami',
  summary: 'Show who you are here, what you may do and why',
  schema: z.object({ app: app.optional().meta({ description: 'One app, with every environment; left out, all of yours.' }) }),
  positional: ['app'],
  permission: null,
  changesEnvironment: false,
  examples: [
    { text: '/whoami', explains: 'your accounts, roles, second factors and what waits for you (only you see it)' },
    { text: '/whoami shop', explains: 'what you may do in each environment, why not, and whom to ask' },
  ],
  complete: completeTarget,
  async handle(useCases, { app: name }, { person, now }) {
    const apps = await useCases.explainAccess({ person, app: name ?? null });
    if (isRefusal(apps)) return refused(apps);
    const [described, { factors, recoveryCodesLeft }, approvals] = await Promise.all([
      useCases.describePerson({ person }),
      useCases.describeFactors({ person }),
      useCases.listApprovals({ person }),
    ]);
    const waiting = approvals.filter(({ mayDecide, isMine }) => mayDecide && !isMine).length;
    const facts = { ...described, apps, factors: factors.map((factor) => factor.name), recoveryCodesLeft, waiting };
    return privately(personView(facts, name !== undefined, now));
  },
});
