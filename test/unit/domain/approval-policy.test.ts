import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApprovalRule, standing } from '../../../src/domain/approval-policy.ts';

const rule = (count: number): ApprovalRule => ({ count, from: [] });

/** The most places that can be filled with one person each, by trying everything. `fits[person]`: the rules they may count for. */
function mostFilled(counts: readonly number[], fits: readonly (readonly number[])[]): number {
  const [first, ...others] = fits;
  if (first === undefined) return 0;
  const without = mostFilled(counts, others);
  const placed = first
    .filter((index) => (counts[index] ?? 0) > 0)
    .map(
      (index) =>
        1 +
        mostFilled(
          counts.map((count, at) => (at === index ? count - 1 : count)),
          others,
        ),
    );
  return Math.max(without, ...placed);
}

const cases = fc
  .array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 })
  .chain((counts) => fc.tuple(fc.constant(counts), fc.array(fc.subarray([...counts.keys()]), { maxLength: 6 })));

describe('standing', () => {
  it.each([
    ['one of one', [1], [[0]], true],
    ['nobody', [1], [], false],
    ['two where one is asked for', [1], [[0], [0]], true],
    ['one where two are asked for', [2], [[0]], false],
    ['somebody who belongs to no rule', [1], [[]], false],
    ['one person for two rules', [1, 1], [[0, 1]], false],
    [
      'two who belong to both',
      [1, 1],
      [
        [0, 1],
        [0, 1],
      ],
      true,
    ],
    ['one for both and one for the first, in this order', [1, 1], [[0, 1], [0]], true],
    ['one for both and one for the first, the other way round', [1, 1], [[0], [0, 1]], true],
    ['three rules that need everyone to move', [1, 1, 1], [[0, 1], [1, 2], [0]], true],
    ['two of one rule, and nobody of the other', [1, 1], [[0], [0]], false],
  ])('%s', (_, counts, eligible, isMet) => {
    expect(standing(counts.map(rule), eligible).isMet).toBe(isMet);
  });

  it('is never met by a policy without rules, or by a rule that asks for nobody', () => {
    expect(standing([], [[0]]).isMet).toBe(false);
    expect(standing([rule(1), rule(0)], [[0], [1]]).isMet).toBe(false);
  });

  it('wastes nobody: fills as many places as can be filled at all', () => {
    fc.assert(
      fc.property(cases, ([counts, eligible]) => {
        const { filled, isMet } = standing(counts.map(rule), eligible);
        const most = mostFilled(counts, eligible);
        expect(filled.reduce((sum, one) => sum + one, 0)).toBe(most);
        expect(isMet).toBe(most === counts.reduce((sum, one) => sum + one, 0));
        expect(filled.every((one, index) => one <= (counts[index] ?? 0))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on who came first', () => {
    const shuffled = cases.chain(([counts, eligible]) =>
      fc.tuple(fc.constant(counts), fc.constant(eligible), fc.shuffledSubarray(eligible, { minLength: eligible.length })),
    );
    fc.assert(
      fc.property(shuffled, ([counts, eligible, other]) => {
        expect(standing(counts.map(rule), other).isMet).toBe(standing(counts.map(rule), eligible).isMet);
      }),
    );
  });
});
