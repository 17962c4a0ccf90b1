import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../../src/chat/did-you-mean.ts';

describe('did you mean', () => {
  it.each([
    ['delpoy', 'deploy'],
    ['stats', 'status'],
    ['roll', 'rollback'],
    ['DEPLOY', 'deploy'],
    ['hlp', 'help'],
  ])('takes %s for %s', (typed, meant) => {
    expect(didYouMean(typed, ['deploy', 'rollback', 'status', 'history', 'logs', 'help'])).toBe(meant);
  });

  it.each(['xyzzy', '', 'a', 'restaurant'])('has no guess for “%s”', (typed) => {
    expect(didYouMean(typed, ['deploy', 'rollback', 'status'])).toBeNull();
  });

  it('does not offer one version for another that is merely short', () => {
    expect(didYouMean('x', ['a', 'b'])).toBeNull();
  });
});
