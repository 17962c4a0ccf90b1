import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentKind } from '../../../src/domain/deployment.ts';
import { DEFAULT_MONITOR_MS, makePlan, planIdentity } from '../../../src/domain/make-plan.ts';
import type { ObservedStack } from '../../../src/domain/observed.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { DEFAULT_RELEASE_SETTINGS } from '../../../src/domain/release-settings.ts';
import type { StackSpec } from '../../../src/domain/stack-spec.ts';
import { aJob, anObservedService, anObservedStack, aService, aStack, needs, pinned } from '../../support/builders.ts';

function plan(spec: StackSpec, observed: ObservedStack = anObservedStack(), kind: DeploymentKind = 'deploy'): Plan {
  return makePlan({ kind, version: '1.0.0', spec, specHash: 'spec-hash', observed, notes: ['a note'] });
}

const running = (...specs: Parameters<typeof anObservedService>[0][]): ObservedStack =>
  anObservedStack({ services: specs.map((spec) => anObservedService(spec)) });

const actionsOf = (made: Plan): readonly string[] => made.services.map(({ service, action }) => `${service} ${action}`);

describe('makePlan', () => {
  it('creates, updates, leaves alone and removes', () => {
    const spec = aStack([aService('new'), aService('changed'), aService('same')]);
    const observed = running(aService('changed', {}, '0.9.0'), aService('same'), aService('gone', {}, '0.1.0'));
    const made = plan(spec, observed);
    expect(actionsOf(made)).toEqual(['changed update', 'new create', 'same unchanged', 'gone remove']);
    expect(made.services.map((service) => service.changes.map((change) => change.path))).toEqual([['image'], ['image'], [], []]);
    expect(made).toMatchObject({ app: 'shop', environment: 'staging', stack: 'shop-staging', notes: ['a note'], specHash: 'spec-hash' });
  });

  it('updates for a setting on the engine that the specification has no word for', () => {
    const observed = anObservedStack({ services: [anObservedService(aService('web'), { unmodelled: { 'EndpointSpec.X': '1' } })] });
    expect(actionsOf(plan(aStack([aService('web')]), observed))).toEqual(['web update']);
  });

  it('removes a service that is named like a member of every object', () => {
    expect(actionsOf(plan(aStack([aService('web')]), running(aService('web'), aService('constructor'))))).toEqual([
      'web unchanged',
      'constructor remove',
    ]);
  });

  it('removes after the last wave and never counts a removal as something to wait for', () => {
    const spec = aStack([aService('web'), aService('db')], { dependencies: { web: [needs('db')] } });
    expect(plan(spec, running(aService('gone'))).services.map(({ service, wave, desired }) => [service, wave, desired])).toEqual([
      ['db', 0, 1],
      ['web', 1, 1],
      ['gone', 2, 0],
    ]);
  });

  it('rolls back at once where everything exists, and in order where something has to start anew', () => {
    const spec = aStack([aService('web'), aService('db')], { dependencies: { web: [needs('db')] } });
    const wavesOf = (observed: ObservedStack) => plan(spec, observed, 'rollback').services.map(({ service, wave }) => [service, wave]);
    expect(Object.fromEntries(wavesOf(running(aService('web', {}, '2'), aService('db', {}, '2'))))).toEqual({ db: 0, web: 0 });
    expect(Object.fromEntries(wavesOf(running(aService('web', {}, '2'))))).toEqual({ db: 0, web: 1 });
  });

  it.each<[DeploymentKind, string, ObservedStack, string]>([
    ['deploy', 'is not there', anObservedStack(), 'migrate run'],
    ['deploy', 'differs', running(aJob('migrate', {}, '0.9.0')), 'migrate run'],
    ['deploy', 'is the same', running(aJob('migrate')), 'migrate unchanged'],
    ['rollback', 'is not there', anObservedStack(), 'migrate unchanged'],
    ['rollback', 'differs', running(aJob('migrate', {}, '0.9.0')), 'migrate unchanged'],
    ['rollback', 'is the same', running(aJob('migrate')), 'migrate unchanged'],
  ])('in a %s, when a job %s: %s', (kind, _what, observed, action) => {
    expect(actionsOf(plan(aStack([aJob('migrate')]), observed, kind))).toEqual([action]);
  });

  it('fills in what the gate needs, the service’s own settings before the release’s', () => {
    const settings = {
      ...DEFAULT_RELEASE_SETTINGS,
      progressDeadlineMs: 60_000,
      maxTaskFailures: 1,
      services: { slow: { progressDeadlineMs: 300_000, maxTaskFailures: 5 } },
    };
    const slow = aService('slow', { mode: { kind: 'replicated', replicas: 3 }, update: { parallelism: 1, monitorMs: 1 } });
    const spec = aStack(
      [slow, aService('agent', { mode: { kind: 'global' } }), aJob('migrate', { update: { parallelism: 1, monitorMs: 9 } })],
      { settings },
    );
    const [agent, migrate, own] = plan(spec).services;
    expect(agent).toMatchObject({
      desired: 1,
      monitorMs: DEFAULT_MONITOR_MS,
      progressDeadlineMs: 60_000,
      maxTaskFailures: 1,
      isJob: false,
    });
    expect(migrate).toMatchObject({ monitorMs: 0, isJob: true });
    expect(own).toMatchObject({
      desired: 3,
      monitorMs: 1,
      progressDeadlineMs: 300_000,
      maxTaskFailures: 5,
      pinnedImage: pinned('slow', '1.0.0'),
    });
  });

  it('creates, keeps and removes objects by their names on the engine, and never touches external ones', () => {
    const network = { external: false, driver: 'overlay', driverOptions: {}, labels: {}, attachable: false, internal: false };
    const file = { external: false, fingerprint: 'f', labels: {} };
    const spec = aStack([], {
      networks: { front: { ...network, engineName: 'shop_front' }, shared: { ...network, engineName: 'edge', external: true } },
      secrets: { key: { ...file, engineName: 'shop_key_2' } },
      configs: { conf: { ...file, engineName: 'shop_conf_1' }, theirs: { ...file, engineName: 'theirs', external: true } },
      volumes: { data: { engineName: 'shop_data', external: false, driverOptions: {}, labels: {} } },
    });
    const object = (engineName: string) => ({ id: engineName, engineName, labels: {} });
    const observed = anObservedStack({
      networks: [object('shop_front')],
      secrets: [object('shop_key_1')],
      configs: [object('shop_conf_1')],
    });
    expect(plan(spec, observed).objects.map(({ kind, name, action }) => `${kind} ${name} ${action}`)).toEqual([
      'network front unchanged',
      'secret key create',
      'secret shop_key_1 remove',
      'config conf unchanged',
    ]);
  });
});

describe('planIdentity', () => {
  const spec = aStack([aService('web'), aService('api'), aJob('migrate')], { dependencies: { web: [needs('api')] } });
  const identity = planIdentity(plan(spec), 'deploy', 'policy-1');

  it('is the same for the same target whatever runs now', () => {
    const versions = fc.option(fc.constantFrom('0.8.0', '0.9.0', '1.0.0'));
    fc.assert(
      fc.property(versions, versions, versions, fc.boolean(), (web, api, migrate, other) => {
        const services = [
          ...(web === null ? [] : [aService('web', { environment: { LEVEL: web } }, web)]),
          ...(api === null ? [] : [aService('api', {}, api)]),
          ...(migrate === null ? [] : [aJob('migrate', {}, migrate)]),
          ...(other ? [aService('gone')] : []),
        ];
        expect(planIdentity(plan(spec, running(...services)), 'deploy', 'policy-1')).toBe(identity);
      }),
    );
  });

  it.each<[what: string, Plan, DeploymentKind, policy: string]>([
    [
      'the digest of an image',
      plan({ ...spec, services: { ...spec.services, web: aService('web', { pinnedImage: pinned('web', 'moved') }) } }),
      'deploy',
      'policy-1',
    ],
    ['the set of services', plan(aStack([aService('web'), aService('api')])), 'deploy', 'policy-1'],
    ['the settings', plan({ ...spec, settings: { ...spec.settings, maxTaskFailures: 1 } }), 'deploy', 'policy-1'],
    ['the environment', plan({ ...spec, environment: 'production', stack: 'shop-production' }), 'deploy', 'policy-1'],
    ['the app', plan({ ...spec, app: 'blog' }), 'deploy', 'policy-1'],
    ['the version', { ...plan(spec), version: '1.0.1' }, 'deploy', 'policy-1'],
    ['the specification', { ...plan(spec), specHash: 'another' }, 'deploy', 'policy-1'],
    ['the policy', plan(spec), 'deploy', 'policy-2'],
    ['the kind', plan(spec), 'rollback', 'policy-1'],
  ])('differs when %s differs', (_what, other, kind, policy) => {
    expect(planIdentity(other, kind, policy)).not.toBe(identity);
  });
});
