import { expect, it } from 'vitest';
import type { Form } from '../../../src/chat/message.ts';
import { TourScreen } from '../../../src/cli/demo/tour-screen.ts';

it('shows a form as it was filled in, and hides the code', () => {
  const lines: string[] = [];
  const terminal = {
    write: (text: string) => void lines.push(text),
    isLive: false,
    hasColors: false,
    columns: () => 80,
    rows: () => 24,
    questions: null,
  };
  const input = { type: 'input', placeholder: '', initial: null, optional: true, multiline: false } as const;
  const form: Form = {
    action: 'approve:q1',
    title: 'Approve shop production 1.1.0',
    submit: 'Approve plan 8e4cdfc9',
    fields: [
      { ...input, name: 'code', label: 'Code', isOneTimeCode: true },
      { ...input, name: 'reason', label: 'Comment' },
      { ...input, name: 'key', label: 'Key', isSecret: true },
    ],
  };
  const screen = new TourScreen(terminal);
  screen.form(form, { code: '123456', reason: 'looks good' });
  expect(lines.join('')).toBe('  Approve shop production 1.1.0\n    Code     ••••••\n    Comment  looks good\n    Key\n');
});
