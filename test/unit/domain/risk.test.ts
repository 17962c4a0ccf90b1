import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/domain/plan.ts';
import { type RiskFlag, type RiskInputs, riskFlags } from '../../../src/domain/risk.ts';
import { aServicePlan } from '../../support/builders.ts';
import { aPlan } from '../views/facts.ts';

const changes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `environment.V${index}`, before: 'a', after: 'b', hidden: false }));
const small: Plan = {
  ...aPlan,
  services: [aServicePlan('web', { action: 'update', changes: changes(2) }), aServicePlan('db', { action: 'unchanged' })],
  objects: [],
  settings: { ...aPlan.settings, hooks: [] },
};
/** A small change of the plan that was tried in staging, in working hours. */
const QUIET: RiskInputs = { plan: small, isFirst: false, trial: { environment: 'staging', wasRolledBack: false }, isOutsideHours: false };
const planned = (plan: Partial<Plan>): Partial<RiskInputs> => ({ plan: { ...small, ...plan } });
const updates = (services: number, each: number) =>
  Array.from({ length: services }, (_, index) => aServicePlan(`s${index}`, { action: 'update', changes: changes(each) }));

describe('what somebody who is asked to approve should not miss', () => {
  it('is nothing about a small change that was tried, in working hours', () => {
    expect(riskFlags(QUIET)).toEqual([]);
  });

  it.each<[title: string, facts: Partial<RiskInputs>, flags: readonly RiskFlag[]]>([
    ['nobody has tried it', { trial: null }, [{ kind: 'untried' }]],
    [
      'it was taken back where it was tried',
      { trial: { environment: 'staging', wasRolledBack: true } },
      [{ kind: 'rolled_back_elsewhere', environment: 'staging' }],
    ],
    ['it is the first one', { isFirst: true }, [{ kind: 'first_deployment' }]],
    ['it is asked for at night', { isOutsideHours: true }, [{ kind: 'outside_hours' }]],
    ['a service goes', planned({ services: [aServicePlan('web', { action: 'remove' })] }), [{ kind: 'removes', names: ['web'] }]],
    [
      'a volume goes',
      planned({ objects: [{ kind: 'volume', name: 'data', engineName: 'data', action: 'remove' }] }),
      [{ kind: 'removes', names: ['data'] }],
    ],
    [
      'a network goes, which holds nothing',
      planned({ objects: [{ kind: 'network', name: 'back', engineName: 'back', action: 'remove' }] }),
      [],
    ],
    ['a job runs', planned({ services: [aServicePlan('migrate', { action: 'run' })] }), [{ kind: 'irreversible', names: ['migrate'] }]],
    ['five services change', planned({ services: updates(5, 1) }), []],
    ['six services change', planned({ services: updates(6, 1) }), [{ kind: 'large', services: 6, changes: 6 }]],
    ['twenty values change', planned({ services: updates(1, 20) }), []],
    ['twenty-one values change', planned({ services: updates(1, 21) }), [{ kind: 'large', services: 1, changes: 21 }]],
  ])('%s', (_, facts, flags) => {
    expect(riskFlags({ ...QUIET, ...facts })).toEqual(flags);
  });

  it('stands in the order in which it matters', () => {
    const plan = { ...small, services: [aServicePlan('old', { action: 'remove' }), aServicePlan('migrate', { action: 'run' })] };
    expect(riskFlags({ plan, isFirst: true, trial: null, isOutsideHours: true }).map(({ kind }) => kind)).toEqual([
      'removes',
      'irreversible',
      'untried',
      'first_deployment',
      'outside_hours',
    ]);
  });
});
