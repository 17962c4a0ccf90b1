import type { ActionDefinition } from '../../src/chat/command.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { App } from '../app.ts';
import { codeForm, codeProof, noCode, numberForm } from '../factor-form.ts';
import { confirmNumber, takeMfaStep } from '../mfa.ts';
import { formatMfaStep, parseMfaStep } from '../mfa-step.ts';
import { refused } from '../replies.ts';

/** Opens the form for the code. */
export const mfaCode: ActionDefinition<App> = {
  verb: 'mfa-code',
  opensForm: true,
  async handle(_useCases, id) {
    const step = parseMfaStep(id);
    return step === null ? unknown() : { kind: 'form', form: codeForm(formatMfaStep('mfa-do', step), 'Second factor') };
  },
};

/** The form, sent. */
export const mfaDo: ActionDefinition<App> = {
  verb: 'mfa-do',
  async handle(useCases, id, values, context) {
    const step = parseMfaStep(id);
    if (step === null) return unknown();
    const proof = codeProof(values);
    return proof === null ? refused(noCode()) : takeMfaStep(useCases, step, proof, context);
  },
};

/** Takes a step that somebody was offered: what it needs as proof is asked for then. */
export const mfaStep: ActionDefinition<App> = {
  verb: 'mfa-step',
  async handle(useCases, id, _values, context) {
    const step = parseMfaStep(id);
    return step === null ? unknown() : takeMfaStep(useCases, step, null, context);
  },
};

/** Opens the form for the number of a page. */
export const mfaNumber: ActionDefinition<App> = {
  verb: 'mfa-number',
  opensForm: true,
  handle: async () => ({ kind: 'form', form: numberForm() }),
};

/** That form, sent. */
export const mfaConfirm: ActionDefinition<App> = {
  verb: 'mfa-confirm',
  handle: (useCases, _id, values, context) => confirmNumber(useCases, values['number'] ?? '', context),
};

const unknown = () => refused(refusal('unknown_command', 'This button does nothing any more.', 'Type /mfa instead.'));
