import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyWaves } from '../../../src/domain/waves.ts';
import { needs } from '../../support/builders.ts';

describe('dependencyWaves', () => {
  it('puts independent services into one wave, in the order of their names', () => {
    expect(dependencyWaves(['web', 'api', 'db'], {})).toEqual([['api', 'db', 'web']]);
    expect(dependencyWaves([], {})).toEqual([]);
  });

  it('puts a diamond into three waves and the longest way decides', () => {
    const dependencies = { left: [needs('db')], right: [needs('left'), needs('db')], top: [needs('left'), needs('right')] };
    expect(dependencyWaves(['top', 'right', 'left', 'db'], dependencies)).toEqual([['db'], ['left'], ['right'], ['top']]);
  });

  it('leaves out an optional dependency that is absent', () => {
    expect(dependencyWaves(['web'], { web: [needs('cache', { required: false })] })).toEqual([['web']]);
  });

  it('keeps the order of an optional dependency that is there', () => {
    expect(dependencyWaves(['web', 'cache'], { web: [needs('cache', { required: false })] })).toEqual([['cache'], ['web']]);
  });

  it('throws for a required dependency that is absent', () => {
    expect(() => dependencyWaves(['web'], { web: [needs('db')] })).toThrow('web depends on db, which is not part of the stack');
  });

  it.each([
    [{ web: [needs('web')] }, 'web → web'],
    [{ web: [needs('api')], api: [needs('db')], db: [needs('web')] }, 'web → api → db → web'],
  ])('throws for a cycle and names it', (dependencies, cycle) => {
    expect(() => dependencyWaves(['web', 'api', 'db'], dependencies)).toThrow(`dependency cycle: ${cycle}`);
  });

  it('takes a service that is named like a member of every object', () => {
    expect(dependencyWaves(['constructor', 'web'], { web: [needs('constructor')] })).toEqual([['constructor'], ['web']]);
  });

  it('has every service once, after all that it depends on and no later than needed', () => {
    const graph = fc.array(fc.uniqueArray(fc.nat(9), { maxLength: 3 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(graph, (edges) => {
        const names = edges.map((_, index) => `s${index}`);
        const dependencies = Object.fromEntries(
          edges.map((others, index) => [`s${index}`, others.filter((other) => other < index).map((other) => needs(`s${other}`))]),
        );
        const waves = dependencyWaves(names, dependencies);
        expect(waves.flat().sort()).toEqual([...names].sort());
        const waveOf = (name: string): number => waves.findIndex((wave) => wave.includes(name));
        for (const name of names) {
          const before = (dependencies[name] ?? []).map((dependency) => waveOf(dependency.service));
          expect(waveOf(name)).toBe(Math.max(-1, ...before) + 1);
        }
      }),
    );
  });
});
