import { formatAction } from '../src/chat/action-id.ts';
import type { Form, FormField } from '../src/chat/message.ts';
import type { Proof } from '../src/domain/confirmation.ts';
import { type Refusal, refusal } from '../src/domain/refusal.ts';

/** The fields of a form that takes a second factor, for forms that ask for other things, too; both may stay empty. */
export const CODE_FIELDS: readonly FormField[] = [
  { ...field('code', 'Code of your app', 'Six digits'), isOneTimeCode: true },
  { ...field('recovery', 'Or a recovery code', 'ABCDEF-ABCDEF-ABCDEF-ABCDEF'), isSecret: true },
];

/** Asks for a code and nothing else. */
export function codeForm(action: string, title: string): Form {
  return { action, title, submit: 'Confirm', fields: CODE_FIELDS };
}

/** Asks for what the page behind a private link shows. */
export function numberForm(): Form {
  const number = { ...field('number', 'Number on the page', '123 456'), optional: false };
  return { action: formatAction('mfa-confirm', 'page'), title: 'Is it your page?', submit: 'It is mine', fields: [number] };
}

/** What was typed into {@link CODE_FIELDS}; null when nothing was. */
export function codeProof(values: Readonly<Record<string, string>>): Extract<Proof, { by: 'code' }> | null {
  const code = (values['code'] ?? '').trim() || (values['recovery'] ?? '').trim();
  return code === '' ? null : { by: 'code', code };
}

export function noCode(): Refusal {
  return refusal('wrong_code', 'No code was typed.', 'Open the form again, and type the code that your authenticator app shows.');
}

function field(name: string, label: string, placeholder: string): Extract<FormField, { type: 'input' }> {
  return { type: 'input', name, label, placeholder, initial: null, optional: true, multiline: false };
}
