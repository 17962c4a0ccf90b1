import { describe, expect, it } from 'vitest';
import {
  accept,
  completeArgument,
  completeCommand,
  completionNeed,
  entersChoice,
  moveSelection,
  narrowed,
  usageHint,
} from '../../../adapters/web/client/model/completion.ts';

const COMMANDS = [
  { name: 'deploy', summary: 'Deploy a version', usage: '/deploy <app> <environment> [version]' },
  { name: 'help', summary: 'Show help', usage: '' },
  { name: 'plan', summary: 'Show the plan', usage: 'plan <app>' },
  { name: 'undeploy', summary: 'Take it away', usage: '<app>' },
];
const VALUES = [
  { value: 'shop', label: 'The shop' },
  { value: 'shipping', label: 'shipping' },
];

describe('completionNeed', () => {
  it.each([
    ['hello', 'none'],
    ['', 'none'],
    ['a /deploy', 'none'],
    ['/', 'command'],
    ['/dep', 'command'],
    ['@shipmate dep', 'command'],
    ['/deploy ', 'argument'],
    ['/deploy shop st', 'argument'],
    ['@Shipmate deploy shop', 'argument'],
    ['/first line\nsecond', 'none'],
  ])('for %j asks for %s', (text, kind) => {
    expect(completionNeed(text).kind).toBe(kind);
  });
});

describe('completing', () => {
  it('offers commands that start with what is typed before those that contain it', () => {
    expect(completeCommand(COMMANDS, 'dep', 1).choices.map(({ value }) => value)).toEqual(['deploy', 'undeploy']);
  });

  it('selects no argument before one letter of it is typed, because it may be optional', () => {
    expect(completeArgument(VALUES, '/deploy ', 8).selected).toBe(-1);
    expect(completeArgument(VALUES, '/deploy s', 8).selected).toBe(0);
  });

  it('puts the choice in the place of the typed word and the cursor behind it', () => {
    const state = completeArgument(VALUES, '/deploy sh', 8);
    expect(accept(state, 0, '/deploy sh', 10)).toEqual({ text: '/deploy shop ', cursor: 13 });
    expect(accept(state, 1, '/deploy shxx staging', 10)).toEqual({ text: '/deploy shipping staging', cursor: 17 });
  });

  it('lets Enter send a word that is typed in full and accept one that is not', () => {
    expect(entersChoice(completeCommand(COMMANDS, 'help', 1), '/help', 5)).toBe(false);
    expect(entersChoice(completeCommand(COMMANDS, 'he', 1), '/he', 3)).toBe(true);
    expect(entersChoice(completeArgument(VALUES, '/deploy ', 8), '/deploy ', 8)).toBe(false);
  });

  it('moves the selection around the ends', () => {
    const state = completeArgument(VALUES, '/deploy ', 8);
    expect(moveSelection(state, 1).selected).toBe(0);
    expect(moveSelection(state, -1).selected).toBe(1);
    expect(moveSelection({ ...state, selected: 1 }, 1).selected).toBe(0);
  });

  it('narrows an earlier answer while the word grows and forgets it when another begins', () => {
    const state = completeArgument(VALUES, '/deploy s', 8);
    expect(narrowed(state, '/deploy s', '/deploy shi').choices.map(({ value }) => value)).toEqual(['shipping']);
    expect(narrowed(state, '/deploy s', '/deploy s ').choices).toEqual([]);
    expect(narrowed(state, '/deploy s', '/plan s').choices).toEqual([]);
  });
});

describe('usageHint', () => {
  it('names the word the cursor is at', () => {
    const hint = usageHint(COMMANDS, '/deploy shop ');
    expect(hint?.words[hint.current]).toBe('<environment>');
  });

  it('reads a usage with or without the command’s name in front', () => {
    expect(usageHint(COMMANDS, '/plan ')?.words).toEqual(['/plan', '<app>']);
    expect(usageHint(COMMANDS, '/undeploy ')?.words).toEqual(['/undeploy', '<app>']);
    expect(usageHint(COMMANDS, '/help')?.words).toEqual(['/help']);
  });

  it('stays at the last word when more is typed, and says nothing about unknown commands', () => {
    expect(usageHint(COMMANDS, '/plan a b c d')?.current).toBe(1);
    expect(usageHint(COMMANDS, '/nothing ')).toBeNull();
  });
});
