import type { Message } from '../chat/message.ts';
import { composeMessage, header, strong, text } from './compose-message.ts';
import { names } from './wording.ts';

export type DiagnosisFacts = {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'broken';
  readonly found: string;
  readonly remedy: string | null;
};

const MARKS = { ok: '✅', warning: '⚠️', broken: '❌' } as const;

/** Every dependency; what is broken comes first, with how to mend it. */
export function doctorView(diagnoses: readonly DiagnosisFacts[]): Message {
  const broken = diagnoses.filter((diagnosis) => diagnosis.state === 'broken');
  const warnings = diagnoses.filter((diagnosis) => diagnosis.state === 'warning');
  const line =
    broken.length > 0
      ? `Broken: ${names(broken.map((diagnosis) => diagnosis.name))}.`
      : warnings.length > 0
        ? `It works; look at ${names(warnings.map((diagnosis) => diagnosis.name))}.`
        : 'Everything works.';
  const tone = broken.length > 0 ? 'danger' : warnings.length > 0 ? 'warning' : 'success';
  return composeMessage(line, tone, [
    header('Doctor'),
    strong(line),
    ...[...broken, ...warnings].flatMap(({ name, remedy }) => (remedy === null ? [] : [text(`${name}: ${remedy}`)])),
    {
      type: 'table',
      columns: ['', 'What', 'Found'],
      rows: [...broken, ...warnings, ...diagnoses.filter((diagnosis) => diagnosis.state === 'ok')].map((diagnosis) => [
        MARKS[diagnosis.state],
        diagnosis.name,
        diagnosis.found,
      ]),
    },
  ]);
}
