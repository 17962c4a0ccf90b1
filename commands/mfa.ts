import { z } from 'zod';
import type { CommandContext, Completion, Reply } from '../src/chat/command.ts';
import { isFactorRequest, type Proof } from '../src/domain/confirmation.ts';
import { isRefusal, refusal } from '../src/domain/refusal.ts';
import { factorPageView, factorResetView, factorsView, removedFactorView } from '../src/views/factors.ts';
import { type App, command } from './app.ts';
import { formatMfaStep, type MfaStep } from './mfa-step.ts';
import { askForFactor, privately, refused, sourceOf } from './replies.ts';

const STEPS = ['add', 'remove', 'recovery', 'reset'] as const;

export const mfa = command({
  name: 'mfa',
  summary: 'Show and change your second factor: an authenticator app, passkeys, recovery codes',
  schema: z.object({
    what: z
      .enum(STEPS, `is one of ${STEPS.join(', ')}`)
      .optional()
      .meta({ description: 'What to do; left out, you see what you have.' }),
    which: z
      .string()
      .trim()
      .min(1)
      .max(60, 'is too long')
      .optional()
      .meta({ description: 'Of remove: which one, by number or name. Of reset: whose, for owners and admins.' }),
  }),
  positional: ['what', 'which'],
  permission: null,
  changesEnvironment: false,
  examples: [
    { text: '/mfa', explains: 'what you have (only you see it)' },
    { text: '/mfa add', explains: 'a private page to set one up' },
    { text: '/mfa remove 2', explains: 'take one away' },
    { text: '/mfa recovery', explains: 'new recovery codes; earlier ones end' },
    { text: '/mfa reset olga', explains: 'for somebody who lost everything: two owners or admins say so' },
  ],
  complete: async (app, argument, typed, { person }) => {
    if (argument === 'what') return STEPS.map((value) => ({ value, label: '' }));
    return argument === 'which' && typed['what'] === 'remove' ? ownFactors(app, person) : [];
  },
  async handle(useCases, { what, which }, context) {
    const { person, now } = context;
    if (what === undefined) return privately(factorsView(await useCases.describeFactors({ person }), now));
    if (what === 'remove') return takeMfaStep(useCases, { what, which: which ?? null }, null, context);
    if (what !== 'reset') return takeMfaStep(useCases, { what }, null, context);
    if (which === undefined) return refused(refusal('invalid_arguments', 'Whose second factor?', 'Write the person: /mfa reset olga.'));
    return takeMfaStep(useCases, { what, which }, null, context);
  },
});

/** One step, with its proof or asking for it. Everything about it is private. */
export async function takeMfaStep(useCases: App, step: MfaStep, proof: Proof | null, context: CommandContext): Promise<Reply> {
  const request = { person: context.person, proof, source: sourceOf(context) };
  const answer = await run(useCases, step, request);
  if (isFactorRequest(answer)) return askForFactor(answer, `/mfa ${step.what}`, { action: formatMfaStep('mfa-code', step) });
  if (isRefusal(answer)) return refused(answer);
  if ('url' in answer) return privately(factorPageView(answer, step.what === 'recovery' ? 'recovery codes' : 'factor'));
  if ('reset' in answer) return privately(factorResetView(answer, step.what === 'reset' ? step.which : ''));
  return privately(removedFactorView(answer));
}

function run(useCases: App, step: MfaStep, request: Parameters<App['addFactor']>[0]) {
  switch (step.what) {
    case 'add':
      return useCases.addFactor(request);
    case 'recovery':
      return useCases.renewRecoveryCodes(request);
    case 'remove':
      return useCases.removeFactor({ ...request, which: step.which });
    case 'reset':
      return useCases.resetFactors({ ...request, target: step.which });
  }
}

async function ownFactors(app: App, person: CommandContext['person']): Promise<readonly Completion[]> {
  const { factors } = await app.describeFactors({ person });
  return factors.map(({ name }, index) => ({ value: String(index + 1), label: name }));
}
