import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discordCommands } from '../../../adapters/discord/application-commands.ts';
import { commandLineOf, lineToComplete } from '../../../adapters/discord/command-line.ts';
import { discordManifest } from '../../../adapters/discord/manifest.ts';
import { commands } from '../../../commands/index.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { splitWords } from '../../../src/chat/words.ts';
import { anyText } from '../../support/discord/any-message.ts';
import { validateCommands } from '../../support/discord/validate-payload.ts';

const option = (name: string, value: string | number | boolean) => ({ name, value });
const line = (name: string, ...options: { name: string; value: string | number | boolean }[]) => commandLineOf({ name, options }, commands);

describe('the line behind typed options', () => {
  it.each([
    [line('deploy', option('app', 'shop'), option('environment', 'staging'), option('version', '1.1.0')), 'deploy shop staging 1.1.0'],
    [line('deploy', option('environment', 'staging'), option('app', 'shop')), 'deploy shop staging'],
    [line('deploy', option('environment', 'staging')), 'deploy --environment="staging"'],
    [
      line('deploy', option('app', 'shop'), option('environment', 'staging'), option('reason', 'it’s "done" \\o/'), option('latest', true)),
      'deploy shop staging --reason="it\\’s \\"done\\" \\\\o/" --latest'.replace('\\’', '’'),
    ],
    [line('deploy', option('app', 'shop'), option('environment', 'staging'), option('latest', false)), 'deploy shop staging'],
    [line('shipmate', option('command', 'deploy shop staging')), 'deploy shop staging'],
    [line('shipmate'), 'help'],
    [line('apps'), 'apps'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });

  it('is read back by the core’s parser as exactly what was filled in, whatever it was', () => {
    fc.assert(
      fc.property(fc.option(anyText), fc.option(anyText), fc.option(anyText), fc.boolean(), (app, environment, reason, latest) => {
        const given = { app, environment, reason };
        const options = Object.entries(given).flatMap(([name, value]) => (value === null || value === '' ? [] : [option(name, value)]));
        const text = line('deploy', ...options, ...(latest ? [option('latest', true)] : []));
        fc.pre(text.length <= 2000);
        const parsed = parseCommand(text, commands);
        const expected = Object.fromEntries([...options.map(({ name, value }) => [name, value]), ...(latest ? [['latest', true]] : [])]);
        expect(parsed.ok ? parsed.command.name : parsed.command?.name).toBe('deploy');
        expect({ ...parsed.typed }).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('cannot be made another command or another flag by a value', () => {
    for (const value of [
      '--latest',
      '--latest=true',
      '-- --latest',
      '" --latest "',
      '“ --latest ”',
      '\\" --latest',
      'x" --latest="',
      'x«',
      'x”y',
      '—latest',
    ]) {
      const parsed = parseCommand(line('deploy', option('app', value), option('environment', value), option('reason', value)), commands);
      expect({ ...parsed.typed }).toEqual({ app: value, environment: value, reason: value });
    }
  });
});

describe('the line to complete', () => {
  const typing = (...options: { name: string; value: string; focused?: boolean }[]) =>
    lineToComplete({ name: 'deploy', options }, commands);

  it.each([
    [typing({ name: 'app', value: '', focused: true }), 'deploy '],
    [typing({ name: 'app', value: 'sh', focused: true }), 'deploy sh'],
    [typing({ name: 'app', value: 'shop' }, { name: 'environment', value: 'st', focused: true }), 'deploy shop st'],
    [typing({ name: 'environment', value: 'st', focused: true }), 'deploy --environment st'],
    [typing({ name: 'app', value: 'shop' }, { name: 'version', value: '1', focused: true }), 'deploy shop --version 1'],
    [typing({ name: 'app', value: 'a b', focused: true }), 'deploy "a b'],
    [typing({ name: 'app', value: 'shop' }), null],
  ])('%j', (actual, expected) => {
    expect(actual).toBe(expected);
  });

  it('ends with the word that is being typed', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const last = splitWords(typing({ name: 'app', value, focused: true }) ?? '').words.at(-1);
        expect(last?.text ?? '').toBe(value.trim() === '' ? (last?.isQuoted === true ? value : 'deploy') : value);
      }),
    );
  });
});

describe('the commands registered at Discord', () => {
  const registered = discordCommands(commands);

  it('are all commands and the umbrella, within Discord’s limits', () => {
    expect(registered.map(({ name }) => name)).toEqual([...commands.map(({ name }) => name), 'shipmate']);
    expect(validateCommands(registered)).toEqual([]);
  });

  it('have typed options, the required ones first, completed where the command completes', () => {
    expect(registered.find(({ name }) => name === 'rollback')?.options?.slice(0, 3)).toMatchObject([
      { name: 'app', type: 3, required: true, autocomplete: true },
      { name: 'environment', type: 3, required: true, autocomplete: true },
      { type: 3, required: false },
    ]);
    expect(registered.flatMap(({ options }) => options ?? []).some(({ type }) => type === 4)).toBe(true);
  });

  it('can be sent alone where a form asks for the rest', () => {
    const deploy = commands.filter(({ name }) => name === 'deploy').map((command) => ({ ...command, form: async () => undefined }));
    expect(discordCommands(deploy)[0]?.options?.map(({ name, required }) => [name, required])).toEqual([
      ['app', false],
      ['environment', false],
      ['version', false],
      ['reason', false],
      ['latest', false],
    ]);
  });

  it('are within the limits for any definitions', () => {
    const anyArgument = fc.record({
      name: fc.stringMatching(/^[a-z]{1,40}$/),
      label: fc.stringMatching(/^[a-z]{1,20}$/),
      explains: anyText,
      kind: fc.constantFrom('text', 'number', 'switch', 'choice'),
      isRequired: fc.boolean(),
      isPositional: fc.boolean(),
      choices: fc.array(fc.stringMatching(/^[a-z]{1,10}$/), { maxLength: 40 }),
    });
    const anyCommand = fc.record({
      name: fc.stringMatching(/^[a-z]{1,32}$/),
      summary: anyText,
      arguments: fc.array(anyArgument, { maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyCommand, { selector: ({ name }) => name, maxLength: 120 }), (any) => {
        fc.pre(any.every(({ name }) => name !== 'shipmate'));
        expect(validateCommands(discordCommands(any as Parameters<typeof discordCommands>[0]))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('are the manifest', () => {
    expect(JSON.parse(discordManifest(commands))).toEqual(registered);
  });
});
