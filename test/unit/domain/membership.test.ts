import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupsNow, MEMBERSHIP_FRESH_MS, type MembershipReading } from '../../../src/domain/membership.ts';

const SEC = 'slack-group:S0SEC';
const OPS = 'slack-group:S0OPS';
const ROLE = 'discord-role:100000000000000777';
const said = (groups: readonly string[], readAt: number, platform = 'slack', account = 'T1/U9'): MembershipReading => ({
  platform,
  account,
  groups,
  readAt,
});

describe('the groups that somebody is in now', () => {
  it.each<
    [title: string, spoken: readonly string[], readings: readonly MembershipReading[], now: number, groups: string[], unknown: string[]]
  >([
    ['their own word, for a while', [SEC], [], 100 + MEMBERSHIP_FRESH_MS, [SEC], []],
    ['their own word, too long ago', [SEC], [], 101 + MEMBERSHIP_FRESH_MS, [], [SEC]],
    ['the platform says the same', [SEC], [said([SEC], 200)], 200 + MEMBERSHIP_FRESH_MS, [SEC], []],
    ['the platform said so too long ago', [SEC], [said([SEC], 200)], 201 + MEMBERSHIP_FRESH_MS, [], [SEC]],
    ['the platform says that they left', [SEC], [said([OPS], 200)], 300, [], []],
    ['they left one of two', [SEC, OPS], [said([OPS], 200)], 300, [OPS], []],
    ['what was said before they spoke', [SEC], [said([], 99)], 300, [SEC], []],
    ['another platform says nothing about it', [SEC], [said([], 200, 'discord')], 300, [SEC], []],
    ['one of two accounts is in it', [SEC], [said([], 200), said([SEC], 200, 'slack', 'T2/U9')], 300, [SEC], []],
    [
      'an account that was read too long ago, however lately another one was',
      [SEC],
      [said([SEC], 200), said([], MEMBERSHIP_FRESH_MS * 2, 'slack', 'T2/U9')],
      MEMBERSHIP_FRESH_MS * 2,
      [],
      [SEC],
    ],
    [
      'an account that was read lately, however long ago another one was',
      [SEC],
      [said([SEC], MEMBERSHIP_FRESH_MS * 2), said([SEC], 200, 'slack', 'T2/U9')],
      MEMBERSHIP_FRESH_MS * 2,
      [SEC],
      [],
    ],
    [
      'no account of two was in it when it was read last',
      [SEC],
      [said([], 200), said([], MEMBERSHIP_FRESH_MS * 2, 'slack', 'T2/U9')],
      MEMBERSHIP_FRESH_MS * 2,
      [],
      [],
    ],
    ['each platform speaks for its own', [SEC, ROLE], [said([], 200), said([ROLE], 200, 'discord', '1')], 300, [ROLE], []],
    ['what is no group of a platform', ['ada'], [said([], 200)], 101 + MEMBERSHIP_FRESH_MS, ['ada'], []],
    ['nothing', [], [said([SEC], 200)], 300, [], []],
  ])('%s', (_, spoken, readings, now, groups, unknown) => {
    expect(groupsNow({ groups: spoken, at: 100 }, readings, now)).toEqual({ groups, unknown });
  });

  it('are never more than those they spoke with', () => {
    const group = fc.constantFrom(SEC, OPS, ROLE, 'ada');
    const reading = fc.record({
      platform: fc.constantFrom('slack', 'discord'),
      account: fc.constantFrom('a', 'b'),
      groups: fc.array(group),
      readAt: fc.nat(2_000_000),
    });
    fc.assert(
      fc.property(fc.uniqueArray(group), fc.array(reading), fc.nat(1_000_000), fc.nat(3_000_000), (spoken, readings, at, later) => {
        const { groups, unknown } = groupsNow({ groups: spoken, at }, readings, at + later);
        for (const one of [...groups, ...unknown]) expect(spoken).toContain(one);
        expect(groups.filter((one) => unknown.includes(one))).toEqual([]);
      }),
    );
  });
});
