import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { UseCases } from '../../../src/application/use-cases.ts';
import { defineCommand } from '../../../src/chat/define-command.ts';
import { mayAnswerWithForm } from '../../../src/chat-core/intake/may-answer-with-form.ts';

const base = {
  summary: 'Do it',
  schema: z.object({ app: z.string(), environment: z.string().optional() }),
  positional: ['app', 'environment'] as const,
  permission: null,
  changesEnvironment: false,
  examples: [],
  handle: async () => ({ kind: 'card' as const, deploymentId: 'd' }),
};
const form = async () => ({ action: 'ask:x', title: 'Ask', submit: 'Go', fields: [] });
const commands = [
  defineCommand<UseCases, typeof base.schema>({ ...base, name: 'asks', form }),
  defineCommand<UseCases, typeof base.schema>({ ...base, name: 'plain' }),
];
const actions = [{ verb: 'ask', opensForm: true }, { verb: 'act' }];
const command = (text: string) => mayAnswerWithForm({ commands, actions }, { kind: 'command', text });
const action = (id: string) => mayAnswerWithForm({ commands, actions }, { kind: 'action', action: id, values: {} });

describe('whether the answer may be a form', () => {
  it('is so for a command that has one and got nothing', () => {
    expect(command('/asks')).toBe(true);
    expect(command('asks')).toBe(true);
    expect(command('/asks shop')).toBe(false);
    expect(command('/plain')).toBe(false);
    expect(command('/unknown')).toBe(false);
    expect(command('"')).toBe(false);
  });

  it('is so for a button that opens one', () => {
    expect(action('ask:1')).toBe(true);
    expect(action('act:1')).toBe(false);
    expect(action('nonsense')).toBe(false);
  });
});
