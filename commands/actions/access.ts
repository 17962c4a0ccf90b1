import type { ActionDefinition } from '../../src/chat/command.ts';
import { isFactorRequest } from '../../src/domain/confirmation.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { changedAccessView } from '../../src/views/access.ts';
import { askForPasskey, takeAccessStep } from '../access.ts';
import { ACCESS_FORM, parseAccessStep } from '../access-step.ts';
import type { App } from '../app.ts';
import { typed } from '../approval-forms.ts';
import { privately, refused, sourceOf } from '../replies.ts';

/** The second owner agrees; `id` is that of what was asked for. */
export const accessAgree: ActionDefinition<App> = {
  verb: 'access-agree',
  opensForm: true,
  handle: (useCases, id, _values, context) => takeAccessStep(useCases, { what: 'agree', request: id }, null, context),
};

/** The form with the code, sent. */
export const accessSubmitted: ActionDefinition<App> = {
  verb: ACCESS_FORM,
  async handle(useCases, id, values, context) {
    const step = parseAccessStep(id);
    if (step === null) return refused(refusal('invalid_arguments', 'That form cannot be read.', 'Type /access <app>.'));
    const code = typed(values, 'code');
    return code === null ? askForPasskey(useCases, step, context) : takeAccessStep(useCases, step, { by: 'code', code }, context);
  },
};

/** By another owner; who asked takes it back by the same button. */
export const accessRefuse: ActionDefinition<App> = {
  verb: 'access-refuse',
  async handle(useCases, id, _values, context) {
    const request = { person: context.person, change: id, decision: 'refuse', proof: null, source: sourceOf(context) } as const;
    const answer = await useCases.decideAccessChange(request);
    if (isRefusal(answer)) return refused(answer);
    return isFactorRequest(answer) ? refused(refusal('unavailable', 'That cannot be refused here.')) : privately(changedAccessView(answer));
  },
};
