import { describe, expect, it } from 'vitest';
import { diffStacks } from '../../../src/domain/diff-stacks.ts';
import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import { aService, aStack } from '../../support/builders.ts';

/** A service with everything that carries the stack's name on the engine. */
function inStack(stack: string, members: Partial<ServiceSpec> = {}): ServiceSpec {
  return aService('web', {
    networks: [{ network: 'default', engineName: `${stack}_default`, aliases: [] }],
    mounts: [
      {
        type: 'volume',
        source: 'data',
        target: '/data',
        readOnly: false,
        engineName: `${stack}_data`,
        volumeLabels: { 'com.docker.stack.namespace': stack },
      },
    ],
    secrets: [{ source: 'key', engineName: `${stack}_key_abc`, target: '/run/secrets/key', uid: '0', gid: '0', mode: 292 }],
    ...members,
  });
}

const stackOf = (name: string, services: readonly ServiceSpec[]) => aStack(services, { stack: name });

describe('two stacks', () => {
  it('with the same services are the same, whatever they are called on the engine', () => {
    const differences = diffStacks(
      stackOf('shop-staging', [inStack('shop-staging')]),
      stackOf('shop-production', [inStack('shop-production')]),
    );
    expect(differences).toEqual([{ service: 'web', in: 'both', changes: [] }]);
  });

  it('differ in what their services have, field by field, and hide what may be secret', () => {
    const [web] = diffStacks(
      stackOf('shop-staging', [inStack('shop-staging', { environment: { LOG_LEVEL: 'debug', API_KEY: 'one' } })]),
      stackOf('shop-production', [inStack('shop-production', { environment: { LOG_LEVEL: 'info', API_KEY: 'two' } })]),
    );
    expect(web?.changes).toEqual([
      { path: 'environment.API_KEY', before: '••••••', after: '••••••', hidden: true },
      { path: 'environment.LOG_LEVEL', before: 'debug', after: 'info', hidden: false },
    ]);
  });

  it('differ in a secret whose content differs, and in a volume that is another stack’s', () => {
    const other = inStack('shop-production', {
      secrets: [{ source: 'key', engineName: 'shop-production_key_def', target: '/run/secrets/key', uid: '0', gid: '0', mode: 292 }],
      mounts: [{ type: 'volume', source: 'data', target: '/data', readOnly: false, engineName: 'shop-staging_data' }],
    });
    const [web] = diffStacks(stackOf('shop-staging', [inStack('shop-staging')]), stackOf('shop-production', [other]));
    expect(web?.changes.map(({ path }) => path)).toEqual(['volumes', 'secrets']);
  });

  it('have services that only one of them has', () => {
    const differences = diffStacks(stackOf('a', [aService('api'), aService('web')]), stackOf('b', [aService('web'), aService('worker')]));
    expect(differences.map(({ service, in: where }) => [service, where])).toEqual([
      ['api', 'before'],
      ['web', 'both'],
      ['worker', 'after'],
    ]);
  });
});
