import { z } from 'zod';
import type { CommandContext, Completion, Reply } from '../src/chat/command.ts';
import { isFactorRequest, type Proof } from '../src/domain/confirmation.ts';
import { isRefusal, refusal } from '../src/domain/refusal.ts';
import { confirmedPageView, factorPageView, factorResetView, factorsView, removedFactorView, vouchedView } from '../src/views/factors.ts';
import { type App, command } from './app.ts';
import { formatMfaStep, type MfaStep } from './mfa-step.ts';
import { askForFactor, privately, refused, sourceOf } from './replies.ts';

const STEPS = ['add', 'confirm', 'remove', 'recovery', 'reset', 'vouch'] as const;

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
      .meta({ description: 'Of confirm: the number. Of remove: which one. Of reset and vouch: whose, for owners and admins.' }),
    more: z.string().trim().max(10, 'is too long').optional().meta({ description: 'The second half of a number that is typed in two.' }),
  }),
  positional: ['what', 'which', 'more'],
  permission: null,
  changesEnvironment: false,
  examples: [
    { text: '/mfa', explains: 'what you have (only you see it)' },
    { text: '/mfa add', explains: 'a private page to set one up' },
    { text: '/mfa confirm 123 456', explains: 'that page is yours: the number that it shows' },
    { text: '/mfa remove 2', explains: 'take one away' },
    { text: '/mfa recovery', explains: 'new recovery codes; earlier ones end' },
    { text: '/mfa reset olga', explains: 'for somebody who lost everything: two owners or admins say so' },
    { text: '/mfa vouch olga', explains: 'where first factors need it: they set it up themselves' },
  ],
  complete: async (app, argument, typed, { person }) => {
    if (argument === 'what') return STEPS.map((value) => ({ value, label: '' }));
    return argument === 'which' && typed['what'] === 'remove' ? ownFactors(app, person) : [];
  },
  async handle(useCases, { what, which, more }, context) {
    const { person, now } = context;
    if (what === undefined) return privately(factorsView(await useCases.describeFactors({ person }), now));
    if (what !== 'confirm' && more !== undefined)
      return refused(refusal('invalid_arguments', `“${more}” is one word too many.`, 'Put names in quotes.'));
    if (what === 'confirm') return confirmNumber(useCases, `${which ?? ''}${more ?? ''}`, context);
    if (what === 'remove') return takeMfaStep(useCases, { what, which: which ?? null }, null, context);
    if (what !== 'reset' && what !== 'vouch') return takeMfaStep(useCases, { what }, null, context);
    if (which === undefined) return refused(refusal('invalid_arguments', 'Whose second factor?', `Write the person: /mfa ${what} olga.`));
    if (what === 'reset') return takeMfaStep(useCases, { what, which }, null, context);
    const waiting = await useCases.findWaitingFactor({ person, target: which });
    return isRefusal(waiting) ? refused(waiting) : takeMfaStep(useCases, { what, which: waiting.factor }, null, context);
  },
});

/** What a page shows, typed in the chat. */
export async function confirmNumber(useCases: App, number: string, context: CommandContext): Promise<Reply> {
  if (!/^[\d\s-]{6,9}$/.test(number.trim())) {
    return refused(refusal('invalid_arguments', 'Which number?', 'Type the six digits that the page shows: /mfa confirm 123 456.'));
  }
  const confirmed = await useCases.confirmPage({ person: context.person, number, source: sourceOf(context) });
  return isRefusal(confirmed) ? refused(confirmed) : privately(confirmedPageView(confirmed));
}

/** One step, with its proof or asking for it. Everything about it is private. */
export async function takeMfaStep(useCases: App, step: MfaStep, proof: Proof | null, context: CommandContext): Promise<Reply> {
  const request = { person: context.person, proof, source: sourceOf(context) };
  const answer = await run(useCases, step, request);
  if (isFactorRequest(answer)) return askForFactor(answer, `/mfa ${step.what}`, { action: formatMfaStep('mfa-code', step) });
  if (isRefusal(answer)) return refused(answer);
  if ('url' in answer) return privately(factorPageView(answer, step.what === 'recovery' ? 'recovery codes' : 'factor'));
  if ('vouched' in answer) return privately(vouchedView(answer));
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
    case 'vouch':
      return useCases.vouchForFactor({ ...request, factor: step.which });
  }
}

async function ownFactors(app: App, person: CommandContext['person']): Promise<readonly Completion[]> {
  const { factors } = await app.describeFactors({ person });
  return factors.map(({ name }, index) => ({ value: String(index + 1), label: name }));
}
