import { describe, expect, it } from 'vitest';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { usage } from '../../../src/chat/usage.ts';

describe('every command', () => {
  const examples = commands.flatMap((command) => command.examples.map((example) => [example.text, command.name] as const));

  it.each(examples)('understands its own example “%s”', (text, name) => {
    expect(parseCommand(text, commands)).toMatchObject({ ok: true, command: { name } });
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    '/%s has a summary, an explained example and explained arguments',
    (name, command) => {
      expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(command.examples.length).toBeGreaterThan(0);
      expect(command.examples[0]?.text.startsWith(`/${name}`)).toBe(true);
      for (const argument of command.arguments) expect(argument.explains, `${name} ${argument.name}`).toMatch(/\.$/);
      expect(usage(command).startsWith(`/${name}`)).toBe(true);
    },
  );

  it('has a name of its own, and so has every button verb', () => {
    expect(new Set(commands.map((command) => command.name)).size).toBe(commands.length);
    expect(new Set(actions.map((action) => action.verb)).size).toBe(actions.length);
  });
});
