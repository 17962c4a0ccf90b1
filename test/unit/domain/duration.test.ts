import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/domain/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['3d', 259_200_000],
    ['2w', 1_209_600_000],
    [' 2H ', 7_200_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '0', '0m', '5', 'h', '1.5h', '-1h', '2 h', '1y', '9999999s', 'soon'])('does not read “%s”', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
