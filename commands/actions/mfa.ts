import type { ActionDefinition } from '../../src/chat/command.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { App } from '../app.ts';
import { codeForm, codeProof, noCode } from '../factor-form.ts';
import { takeMfaStep } from '../mfa.ts';
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

const unknown = () => refused(refusal('unknown_command', 'This button does nothing any more.', 'Type /mfa instead.'));
