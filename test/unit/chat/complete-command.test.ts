import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CommandContext } from '../../../src/chat/command.ts';
import { completeCommand } from '../../../src/chat/complete-command.ts';
import { defineCommand } from '../../../src/chat/define-command.ts';

const context: CommandContext = { person: { id: 'dana', name: 'Dana' }, platform: 'web', channel: 'ops', deliveryId: 'd', now: 0 };
const VALUES: Readonly<Record<string, readonly string[]>> = {
  app: ['shop', 'blog'],
  environment: ['staging', 'production'],
  ticket: ['two words'],
};

const deploy = defineCommand<null, z.ZodObject>({
  name: 'deploy',
  summary: 'Deploy an app',
  schema: z.object({
    app: z.string(),
    environment: z.string(),
    speed: z.enum(['slow', 'fast']).optional().meta({ description: 'How fast.' }),
    ticket: z.string().optional(),
    yes: z.boolean().default(false),
  }),
  positional: ['app', 'environment'],
  permission: null,
  changesEnvironment: false,
  examples: [],
  complete: async (_app, argument, typed) =>
    (VALUES[argument] ?? []).map((value) => ({ value, label: typed['app'] === undefined ? '' : `of ${typed['app']}` })),
  handle: async () => ({ kind: 'card', deploymentId: 'd' }),
});

async function complete(text: string) {
  const { replaceFrom, completions } = await completeCommand(text, [deploy], null, context);
  return { rest: text.slice(replaceFrom), values: completions.map((completion) => completion.value) };
}

describe('completion', () => {
  it.each([
    ['', '', ['/deploy']],
    ['/de', '/de', ['/deploy']],
    ['dep', 'dep', ['deploy']],
    ['/shipmate ', '', ['deploy']],
    ['@shipmate de', 'de', ['deploy']],
    ['/deploy ', '', ['shop', 'blog']],
    ['/deploy s', 's', ['shop']],
    ['/deploy shop prod', 'prod', ['production']],
    ['/deploy shop duct', 'duct', ['production']],
    ['/deploy shop staging --', '--', ['--speed', '--ticket', '--yes']],
    ['/deploy shop staging --yes --sp', '--sp', ['--speed']],
    ['/deploy --speed ', '', ['slow', 'fast']],
    ['/deploy --speed=f', 'f', ['fast']],
    ['/deploy --speed fast s', 's', ['shop']],
    ['/deploy --yes s', 's', ['shop']],
    ['/deploy shop staging --ticket two', 'two', ['"two words"']],
    ['/deploy shop staging ', '', []],
    ['/nonsense s', 's', []],
  ])('offers for “%s”', async (text, rest, values) => {
    expect(await complete(text)).toEqual({ rest, values });
  });

  it('tells the command what was typed before', async () => {
    const { completions } = await completeCommand('/deploy shop st', [deploy], null, context);
    expect(completions).toEqual([{ value: 'staging', label: 'of shop' }]);
  });
});
