import type { Form, FormField } from '../../src/chat/message.ts';
import { plainLine } from '../../src/chat/plain-text.ts';
import { createPalette } from './palette.ts';
import { Cancelled, type Offer, type Questions } from './questions.ts';
import type { Terminal } from './terminal.ts';

export type Values = Readonly<Record<string, string>>;

/** What was typed before, and which fields are asked again; the others stay as they were. */
export type Again = { readonly values: Values; readonly fields: readonly FormField[] };

type Asking = {
  readonly terminal: Terminal;
  readonly questions: Questions;
  readonly signal: AbortSignal;
  /** What completes the end of a command line. */
  readonly complete: Offer;
};

/** What the chat API takes of one value. */
const LONGEST_VALUE = 8000;

/**
 * Asks for a form's fields one after another and returns what to send. Null when whoever is asked gives up: Ctrl-C, or nothing where
 * something is needed. Secrets and codes are not shown while they are typed.
 */
export async function fillForm(form: Form, again: Again | null, asking: Asking): Promise<Values | null> {
  const values: Record<string, string> = { ...again?.values };
  try {
    for (const field of again?.fields ?? form.fields) {
      if (isShownOnce(field)) {
        showOnce(asking.terminal, form.title, field);
        continue;
      }
      const kept = again === null ? field.initial : (again.values[field.name] ?? null);
      const value = await askFor(field, kept, { ...asking, complete: offerOf(field, values, asking) });
      if (value === null) return null;
      values[field.name] = value;
    }
    return values;
  } catch (error) {
    if (error instanceof Cancelled) return null;
    throw error;
  }
}

export function isShownOnce(field: FormField): boolean {
  return field.type === 'input' && field.isShownOnce === true;
}

/** On a line of its own and never broken, so that it can be copied. */
export function showOnce(terminal: Terminal, title: string, { label, initial }: FormField): void {
  terminal.write(`${plainLine(title)}. ${plainLine(label)}:\n${plainLine(initial ?? '')}\n`);
}

/** Until it is what the field takes; null when a needed one was left empty. */
async function askFor(field: FormField, kept: string | null, asking: Asking): Promise<string | null> {
  const { terminal } = asking;
  introduce(field, asking);
  for (;;) {
    const typed = await read(field, kept, asking);
    if (typed === '') return keptOrNothing(field, kept);
    const value = field.type === 'select' ? chosen(field, typed) : typed;
    if (value !== null && value.length <= LONGEST_VALUE) return value;
    const problem = value === null ? `Type a number from 1 to ${options(field).length}.` : `Too long: at most ${LONGEST_VALUE} characters.`;
    terminal.write(`${problem}\n`);
  }
}

function keptOrNothing(field: FormField, kept: string | null): string | null {
  if (kept !== null && kept !== '' && !isHidden(field)) return kept;
  return field.optional ? '' : null;
}

function introduce(field: FormField, { terminal }: Asking): void {
  const palette = createPalette(terminal.hasColors);
  const hint = field.type === 'input' ? field.placeholder : '';
  const needed = field.optional && !(field.type === 'input' && field.isOneTimeCode === true) ? ', optional' : '';
  const lines = [`${palette.strong(plainLine(field.label))}${needed}${hint === '' ? '' : ` ${palette.quiet(`(${plainLine(hint)})`)}`}`];
  for (const [index, { label }] of options(field).entries()) lines.push(`  ${index + 1}  ${plainLine(label)}`);
  terminal.write(`\n${lines.join('\n')}\n`);
}

function read(field: FormField, kept: string | null, { questions, signal, complete }: Asking): Promise<string> {
  if (field.type === 'input' && isHidden(field)) {
    const isLong = field.multiline;
    return questions.hidden(isLong ? 'Not shown; an empty line ends it: ' : 'Not shown: ', isLong, signal);
  }
  const offered = kept === null || kept === '' ? '' : `[${shown(field, kept)}] `;
  return questions.line(`${offered}> `, signal, complete).then((typed) => typed.trim());
}

/** Choices as they are called; for a text, whatever completes the command line that it stands in. */
function offerOf(field: FormField, values: Values, { complete }: Asking): Offer {
  const line = field.type === 'input' ? field.completes?.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '') : undefined;
  return async (typed) => {
    const known = line === undefined ? options(field).map(({ label }) => label) : await complete(line + typed);
    // What is taken is typed for them: nothing that a terminal would obey.
    return known.filter((value) => value.startsWith(typed) && value === plainLine(value));
  };
}

/** Nobody reads over a shoulder, nor in the terminal's memory, what somebody else could use. */
function isHidden(field: FormField): boolean {
  return field.type === 'input' && (field.isSecret === true || field.isOneTimeCode === true);
}

function shown(field: FormField, value: string): string {
  return plainLine(options(field).find((option) => option.value === value)?.label ?? value);
}

/** By the number that stands before it, or as it is called. */
function chosen(field: FormField, typed: string): string | null {
  const byNumber = /^\d{1,4}$/.test(typed) ? options(field)[Number(typed) - 1] : undefined;
  const byName = options(field).find(({ value, label }) => value === typed || label.toLowerCase() === typed.toLowerCase());
  return (byNumber ?? byName)?.value ?? null;
}

function options(field: FormField): readonly { readonly value: string; readonly label: string }[] {
  return field.type === 'select' ? field.options : [];
}
