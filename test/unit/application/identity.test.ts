import { describe, expect, it } from 'vitest';
import { hashPlan, hashSpec, newId } from '../../../src/application/identity.ts';
import { makePlan } from '../../../src/domain/make-plan.ts';
import { anObservedService, anObservedStack, aService, aStack } from '../../support/builders.ts';

describe('newId', () => {
  it('is unique, also among ids of the same moment', () => {
    const ids = Array.from({ length: 20_000 }, () => newId(1_700_000_000_000));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('can be read out and typed: short, lower-case, without letters that look like others', () => {
    for (const now of [0, 1, 1_700_000_000_000, 4_000_000_000_000]) expect(newId(now)).toMatch(/^[0-9a-hjkmnp-tv-z]{13}$/);
  });

  it('differs in its first characters, by which people name a deployment', () => {
    const prefixes = Array.from({ length: 200 }, () => newId(1_700_000_000_000).slice(0, 7));
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });
});

describe('hashes', () => {
  const spec = aStack([aService('web', { environment: { A: '1', B: '2' } })]);

  it('are the same for the same specification, however its members are ordered', () => {
    const same = aStack([aService('web', { environment: { B: '2', A: '1' } })]);
    expect(hashSpec(same)).toBe(hashSpec(spec));
    expect(hashSpec(spec)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashSpec(aStack([aService('web', { environment: { A: '1', B: '3' } })]))).not.toBe(hashSpec(spec));
  });

  it('are the same for a plan whatever runs, and others for another policy', () => {
    const planned = (observed = anObservedStack()) =>
      makePlan({ kind: 'deploy', version: '1', spec, specHash: hashSpec(spec), observed, notes: [] });
    const elsewhere = planned(anObservedStack({ services: [anObservedService(aService('web', {}, '0.9.0'))] }));
    expect(hashPlan(elsewhere, 'deploy', 'p1')).toBe(hashPlan(planned(), 'deploy', 'p1'));
    expect(hashPlan(planned(), 'deploy', 'p2')).not.toBe(hashPlan(planned(), 'deploy', 'p1'));
  });
});
