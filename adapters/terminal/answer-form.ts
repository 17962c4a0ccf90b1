import { randomUUID } from 'node:crypto';
import type { Form, FormField } from '../../src/chat/message.ts';
import { plainLine } from '../../src/chat/plain-text.ts';
import type { Sent } from './api-schema.ts';
import type { ChatClient } from './chat-client.ts';
import { type Again, fillForm } from './fill-form.ts';
import { createPalette } from './palette.ts';
import type { Offer, Questions } from './questions.ts';
import type { Terminal } from './terminal.ts';

type Asking = {
  readonly client: ChatClient;
  readonly channel: string;
  readonly terminal: Terminal;
  readonly questions: Questions;
  readonly signal: AbortSignal;
};

type Answered = { readonly sent: Sent; readonly deliveryId: string };

/**
 * Asks for a form and sends it as the browser does, each time as a delivery of its own, until the server takes it or says no to more
 * than what was typed. Null when whoever is asked gives up: they are told that nothing was done.
 */
export async function answerForm(form: Form, asking: Asking): Promise<Answered | null> {
  const { client, channel, terminal, signal } = asking;
  const palette = createPalette(terminal.hasColors);
  const keys = `${form.fields.some(isCompleted) ? 'Tab completes. ' : ''}Ctrl-C gives up, and nothing is done.`;
  terminal.write(`${palette.strong(plainLine(form.title))}\n${palette.quiet(keys)}\n`);
  const complete: Offer = (line) => client.complete(channel, line, signal);
  let again: Again | null = null;
  for (;;) {
    const values = await fillForm(form, again, { ...asking, complete });
    if (values === null) {
      terminal.write('Nothing was done.\n');
      return null;
    }
    const deliveryId = randomUUID();
    const sent = await client.act({ deliveryId, channel, action: form.action, values }, signal);
    const fields = sent.kind === 'refusal' ? toAskAgain(form, sent.refusal.refused) : [];
    if (sent.kind !== 'refusal' || fields.length === 0) return { sent, deliveryId };
    const { message, hint } = sent.refusal;
    terminal.write(`\n${[message, hint ?? ''].map(plainLine).filter(Boolean).join('\n')}\n`);
    again = { values, fields };
  }
}

function isCompleted(field: FormField): boolean {
  return field.type === 'select' || field.completes !== undefined;
}

/** Fields that another answer may mend; none when the no is about something else. */
function toAskAgain({ fields }: Form, refused: string): readonly FormField[] {
  switch (refused) {
    case 'wrong_code':
    case 'code_used':
    case 'invalid_code':
      return fields.filter(isCode);
    case 'reason_required':
      return fields.filter(({ name }) => name === 'reason');
    case 'invalid_arguments':
      return fields;
    default:
      return [];
  }
}

/** A recovery code may stand in a field of its own, beside that of the app's codes. */
function isCode(field: FormField): boolean {
  return field.type === 'input' && (field.isOneTimeCode === true || (field.isSecret === true && field.optional));
}

/** Without a terminal on both sides nobody can type unseen: a code or a secret in a pipe stands in somebody's history. */
export function nobodyToAsk({ title, fields }: Form, baseUrl: string): string {
  const asked = fields.map(({ label }) => plainLine(label)).join(', ');
  return `${plainLine(title)} asks for: ${asked}.\nRun it in a terminal, without a pipe on either side, or use the browser chat at ${baseUrl}`;
}
