import { describe, expect, it } from 'vitest';
import { readSpec, refusals, warnings } from '../../../support/compose/memory-project.ts';

describe('profiles', () => {
  const text =
    'services:\n  web: {image: a, depends_on: {debug: {condition: service_started, required: false}}}\n  debug: {image: b, profiles: [dev, test], networks: [n]}\nnetworks: {n: {}}';

  it('leave a service out unless one of them is active', () => {
    expect(Object.keys(readSpec(text).services)).toEqual(['web']);
    expect(Object.keys(readSpec(text).networks)).toEqual(['default']);
    expect(readSpec(text).dependencies).toEqual({ web: [] });
    expect(Object.keys(readSpec(text, { profiles: ['test'] }).services)).toEqual(['debug', 'web']);
  });

  it('refuse a service that needs one that is switched off', () => {
    expect(refusals(text.replace(', required: false', ''))).toEqual([
      'compose.yaml:2 services.web.depends_on.debug: The service "debug" is switched off: none of its profiles is active here. Activate its profile in shipmate.yml, or write `required: false`.',
    ]);
  });
});

describe('dependencies', () => {
  it('are the same in both forms', () => {
    const short = readSpec('services: {web: {image: a, depends_on: [api]}, api: {image: b}}');
    const long = readSpec('services: {web: {image: a, depends_on: {api: {condition: service_started}}}, api: {image: b}}');
    expect(short).toEqual(long);
    expect(short.dependencies).toEqual({ api: [], web: [{ service: 'api', condition: 'service_started', required: true }] });
  });

  it('in a circle are refused with the circle', () => {
    expect(
      refusals(
        'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [a]}\n  d: {image: x, depends_on: [a]}',
      ),
    ).toEqual([
      'compose.yaml:2 services.a.depends_on[0]: These services wait for each other: a → b → c → a. Remove one of the dependencies.',
    ]);
  });

  it('on nothing are refused with what was probably meant', () => {
    expect(refusals('services: {web: {image: a, depends_on: [apj]}, api: {image: b}}')[0]).toContain(
      'There is no service "apj". Did you mean `api`?',
    );
  });

  it('on health without a health check are warned about', () => {
    const text = 'services: {web: {image: a, depends_on: {api: {condition: service_healthy}}}, api: {image: b}}';
    expect(warnings(text)[0]).toContain('"api" has no health check in this file.');
    expect(warnings(text.replace('image: b', 'image: b, healthcheck: {test: [CMD, a]}'))).toEqual([]);
    expect(refusals(text.replace('image: b', 'image: b, healthcheck: {disable: true}'))[0]).toContain('has its health check switched off');
  });

  it('on completion make a job of the service, which restarts only if it says so', () => {
    const text = (lines: string) =>
      `services: {web: {image: a, depends_on: {init: {condition: service_completed_successfully}}}, init: {image: b${lines}}}`;
    expect(readSpec(text('')).services['init']).toMatchObject({
      mode: { kind: 'replicated-job', replicas: 1 },
      restart: { condition: 'none' },
    });
    expect(readSpec(text(', restart: on-failure')).services['init']).toMatchObject({ restart: { condition: 'on-failure' } });
    expect(readSpec(text(', deploy: {update_config: {order: start-first}}')).services['init']).not.toHaveProperty('update');
    expect(warnings(text(', deploy: {update_config: {order: start-first}}')).join()).toContain('"init" is a job');
    expect(refusals(text(', deploy: {mode: global}'))[0]).toContain('"init" is a global service and never completes');
  });
});
