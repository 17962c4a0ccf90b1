import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { signedOffView } from '../../src/views/broken-glass.ts';
import type { App } from '../app.ts';
import { APPROVE_FORM, ASK_FORM, askForm, REJECT_FORM, SIGN_OFF_FORM, signOffForm, typed } from '../approval-forms.ts';
import { askToDecide, decide } from '../decide.ts';
import { codeProof } from '../factor-form.ts';
import { privately, publicly, refused, sourceOf } from '../replies.ts';
import { visibleDeployment } from './visible-deployment.ts';

/** The card's Approve button; `id` is the approval request's. Whoever may not is told at once, not after a form. */
export const approve: ActionDefinition<App> = {
  verb: 'approve',
  opensForm: true,
  handle: (useCases, id, _values, context) => askToDecide(useCases, id, 'approve', context),
};

export const approveSubmitted: ActionDefinition<App> = {
  verb: APPROVE_FORM,
  handle: (useCases, id, values, context) =>
    decide(useCases, { request: id, decision: 'approve', reason: typed(values, 'reason'), proof: codeProof(values) }, context),
};

export const reject: ActionDefinition<App> = {
  verb: 'reject',
  opensForm: true,
  handle: (useCases, id, _values, context) => askToDecide(useCases, id, 'reject', context),
};

export const rejectSubmitted: ActionDefinition<App> = {
  verb: REJECT_FORM,
  handle: (useCases, id, values, context) =>
    decide(useCases, { request: id, decision: 'reject', reason: typed(values, 'reason'), proof: null }, context),
};

/** A question to whoever asked for it, before one decides. */
export const ask: ActionDefinition<App> = {
  verb: 'ask',
  opensForm: true,
  async handle(useCases, id, _values, { person }) {
    const found = await useCases.readApproval({ person, request: id });
    return isRefusal(found) ? refused(found) : { kind: 'form', form: askForm(id, found.deployment) };
  },
};

export const askSubmitted: ActionDefinition<App> = {
  verb: ASK_FORM,
  async handle(useCases, id, values, context) {
    const question = typed(values, 'reason');
    if (question === null) return refused(refusal('invalid_arguments', 'That was no question.', 'Press Ask again, and write one.'));
    const asked = await useCases.askRequester({ person: context.person, request: id, question, source: sourceOf(context) });
    if (isRefusal(asked)) return refused(asked);
    return privately({
      summary: `${asked.request.requester.name} was asked`,
      tone: 'success',
      elements: [
        { type: 'text', text: `✅ ${asked.request.requester.name} was asked. The answer comes in the card’s thread.`, style: 'strong' },
      ],
    });
  },
};

/** Somebody else looks at what was done past all approvals. */
export const signOff: ActionDefinition<App> = {
  verb: 'sign-off',
  opensForm: true,
  async handle(useCases, id, _values, { person }) {
    const details = await visibleDeployment(useCases, id, person);
    return isRefusal(details) ? refused(details) : { kind: 'form', form: signOffForm(id, details.deployment) };
  },
};

export const signOffSubmitted: ActionDefinition<App> = {
  verb: SIGN_OFF_FORM,
  async handle(useCases, id, values, context) {
    const note = typed(values, 'reason');
    const signed = await useCases.signOff({ person: context.person, deploymentId: id, note, source: sourceOf(context) });
    return isRefusal(signed) ? refused(signed) : publicly(signed.app, signedOffView(signed));
  },
};
