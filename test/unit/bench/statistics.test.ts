import { describe, expect, it } from 'vitest';
import { median, percentile, ratio } from '../../../bench/support/statistics.ts';

describe('the numbers of benchmarks', () => {
  it('take the middle of an odd number of values and the mean of the two middle ones otherwise', () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([40, 10, 20, 30])).toBe(25);
    expect(median([7])).toBe(7);
  });

  it('leave the values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('take percentiles between the two nearest values', () => {
    const values = Array.from({ length: 101 }, (_, index) => index * 10);
    expect(percentile(values, 0.95)).toBe(950);
    expect(percentile([100, 200], 0.95)).toBe(195);
    expect(percentile(values, 1)).toBe(1000);
  });

  it('say nothing about no values', () => {
    expect(median([])).toBeNaN();
    expect(JSON.stringify({ median: median([]) })).toBe('{"median":null}');
  });

  it('keep tenths where milliseconds are too coarse, and three digits of a ratio', () => {
    expect(median([1.26])).toBe(1.3);
    expect(median([123.4])).toBe(123);
    expect(ratio(1, 3)).toBe(0.333);
  });
});
