import { describe, expect, it } from 'vitest';
import { mayBeSameHuman, type Party } from '../../../src/domain/same-human.ts';

const listed = (id: string, ...accounts: readonly string[]): Party => ({ ...aStranger(id, ...accounts), isListed: true });

/** `slack:T1/U1`. */
function aStranger(id: string, ...accounts: readonly string[]): Party {
  return {
    id,
    isListed: false,
    accounts: accounts.map((text) => ({ platform: text.slice(0, text.indexOf(':')), account: text.slice(text.indexOf(':') + 1) })),
  };
}

const TABLE: readonly (readonly [string, Party, Party, boolean])[] = [
  ['one id', listed('ada'), listed('ada'), true],
  ['two people of the file', listed('ada'), listed('bo'), false],
  ['two people of the file, on different platforms', listed('ada', 'slack:T1/U1'), listed('bo', 'discord:1'), false],
  ['two people of the file whose account is the same', listed('ada', 'slack:T1/U1'), listed('bo', 'slack:T1/U1'), true],
  ['two accounts in one Slack workspace', listed('ada', 'slack:T1/U1'), aStranger('slack:T1/U2', 'slack:T1/U2'), false],
  ['accounts in two Slack workspaces', listed('ada', 'slack:T1/U1'), aStranger('slack:T2/U2', 'slack:T2/U2'), true],
  ['two accounts on Discord', listed('ada', 'discord:1'), aStranger('discord:2', 'discord:2'), false],
  ['Slack here and Discord there', listed('ada', 'slack:T1/U1'), aStranger('discord:2', 'discord:2'), true],
  [
    'somebody with both, and a stranger on one of them',
    listed('ada', 'slack:T1/U1', 'discord:1'),
    aStranger('discord:2', 'discord:2'),
    false,
  ],
  ['somebody of the file without any account, and a stranger', listed('ada'), aStranger('slack:T1/U2', 'slack:T1/U2'), true],
  ['two strangers in one workspace', aStranger('slack:T1/U1', 'slack:T1/U1'), aStranger('slack:T1/U2', 'slack:T1/U2'), false],
  ['two strangers on two platforms', aStranger('slack:T1/U1', 'slack:T1/U1'), aStranger('discord:2', 'discord:2'), true],
  [
    'a stranger whose account was linked to somebody',
    listed('ada', 'slack:T1/U1', 'slack:T1/U2'),
    aStranger('slack:T1/U2', 'slack:T1/U2'),
    true,
  ],
  ['nobody known at all', aStranger('x'), aStranger('y'), true],
];

describe('mayBeSameHuman', () => {
  it.each(TABLE)('%s', (_, a, b, expected) => {
    expect(mayBeSameHuman(a, b)).toBe(expected);
    expect(mayBeSameHuman(b, a)).toBe(expected);
  });
});
