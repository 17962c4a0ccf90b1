import { describe, expect, it } from 'vitest';
import { isName, isVersion, stackName } from '../../../src/domain/names.ts';

describe('names', () => {
  it.each(['a', '1', 'shop', 'web-2', 'a-b-c', 'a'.repeat(32)])('%s is a name', (name) => {
    expect(isName(name)).toBe(true);
  });

  it.each(['', '-', '-a', 'a-', 'Shop', 'web_2', 'a.b', 'a b', 'é', 'a\n', '../a', 'a'.repeat(33)])('%j is not a name', (name) => {
    expect(isName(name)).toBe(false);
  });

  it.each(['1.0.0', 'v1', 'latest', '_x', 'A-b.c_d', 'a'.repeat(128)])('%s is a version', (version) => {
    expect(isVersion(version)).toBe(true);
  });

  it.each(['', '.1', '-1', '1.0.0 ', '1:0', 'a/b', 'a@sha256', '1\n', 'a'.repeat(129)])('%j is not a version', (version) => {
    expect(isVersion(version)).toBe(false);
  });

  it('make a stack’s name from app and environment', () => {
    expect(stackName('shop', 'staging')).toBe('shop-staging');
  });
});
