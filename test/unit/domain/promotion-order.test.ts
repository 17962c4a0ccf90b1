import { describe, expect, it } from 'vitest';
import { isOutdated, isSameRelease } from '../../../src/domain/promotion-order.ts';
import { aService, aStack } from '../../support/builders.ts';

const trial = (version: string, services: Readonly<Record<string, string>>) => ({
  version,
  spec: aStack(Object.entries(services).map(([name, pinnedImage]) => aService(name, { pinnedImage }))),
});

describe('isSameRelease', () => {
  it.each([
    ['the same images', { web: 'a', worker: 'b' }, { web: 'a', worker: 'b' }, true],
    ['a service that only one of them has', { web: 'a' }, { web: 'a', debug: 'c' }, true],
    ['one image that is another', { web: 'a', worker: 'b' }, { web: 'a', worker: 'c' }, false],
    ['no service in common', { web: 'a' }, { api: 'a' }, false],
    ['nothing at all', {}, {}, false],
  ])('%s', (_, a, b, expected) => {
    expect(isSameRelease(trial('1.0.0', a), trial('1.0.0', b))).toBe(expected);
    expect(isSameRelease(trial('1.0.0', b), trial('1.0.0', a))).toBe(expected);
  });

  it('is no other version, whatever its images', () => {
    expect(isSameRelease(trial('1.0.0', { web: 'a' }), trial('1.0.1', { web: 'a' }))).toBe(false);
  });

  it('compares what is written where nothing was pinned', () => {
    const { pinnedImage: _, ...unpinned } = aService('web');
    const [one, other] = [unpinned, { ...unpinned, image: 'example/web:2.0.0' }].map((web) => ({ version: '1', spec: aStack([web]) }));
    expect(one && other && [isSameRelease(one, one), isSameRelease(one, other)]).toEqual([true, false]);
  });
});

describe('isOutdated', () => {
  const ran = (...newestFirst: readonly string[]) => newestFirst.map((version) => ({ version }));

  it.each([
    ['nothing ran', '1.0.0', ran(), false],
    ['what runs', '1.0.0', ran('1.0.0'), false],
    ['a higher number', '1.10.0', ran('1.9.0'), false],
    ['a lower number', '1.9.0', ran('1.10.0'), true],
    ['a lower number with a v', 'v1.9.0', ran('1.10.0'), true],
    ['a lower number that never ran', '1.0.0', ran('2.0.0'), true],
    ['a higher number that ran before a rollback', '2.0.0', ran('1.0.0', '2.0.0', '1.0.0'), false],
    ['a suffix that ran before', 'main-1', ran('main-2', 'main-1'), true],
    ['a suffix that never ran', 'main-3', ran('main-2', 'main-1'), false],
    ['a suffix that ran first later', 'main-2', ran('main-1', 'main-2', 'main-1'), false],
    ['a release candidate that never ran', '2.0.0-rc.1', ran('2.0.0'), false],
  ])('%s', (_, version, revisions, expected) => {
    expect(isOutdated(version, revisions)).toBe(expected);
  });
});
