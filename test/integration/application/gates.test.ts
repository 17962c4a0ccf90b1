import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { Lab, type LabOptions } from '../../support/recovery/lab.ts';
import { buildTestImages, PROBE_COMMAND, TEST_IMAGES } from '../../support/test-images.ts';

/** What must hold before a release counts as good, on the real engine: hooks, smoke checks, the watch window, the first create, the deadline. */
const HEALTHCHECK = { test: [...PROBE_COMMAND], interval: '400ms', timeout: '1s', retries: 2 };
const WEB = {
  image: 'shipmate-test/app:$' + '{VERSION}',
  stop_grace_period: '2s',
  healthcheck: HEALTHCHECK,
  deploy: { update_config: { order: 'start-first', monitor: '300ms' }, restart_policy: { delay: '200ms' } },
};
const UNHEALTHY = '2.0.0-unhealthy';
const FAILS_LATER = '2.0.0-fails-later';

let lab: Lab | null = null;
let folder = '';

async function open(
  definition: { readonly shipmate?: object; readonly web?: object; readonly rest?: object },
  options: LabOptions = {},
): Promise<Lab> {
  folder = await mkdtemp(join(tmpdir(), 'shipmate-gates-'));
  const compose = join(folder, 'compose.yaml');
  const content = {
    'x-shipmate': { progress_deadline: '40s', ...definition.shipmate },
    services: { web: { ...WEB, ...definition.web } },
    ...definition.rest,
  };
  await writeFile(compose, stringify(content, { aliasDuplicateObjects: false }));
  lab = await Lab.open({ ...options, compose });
  await lab.startWorker();
  return lab;
}

async function run(under: Lab, version: string): Promise<Deployment> {
  return under.ended((await under.deploy(version)).id);
}

async function runningImages(under: Lab): Promise<readonly string[]> {
  const { tasks } = await under.parts.orchestrator.observe(under.stackOf());
  return tasks.filter((task) => task.state === 'running' && task.desiredState === 'running').map((task) => task.image);
}

const idOf = async (under: Lab, tag: string): Promise<string> => (await under.parts.docker.getImage(tag).inspect()).Id;

beforeAll(() => buildTestImages(connectDocker(inject('dockerHost'))));
afterEach(async () => {
  await lab?.close();
  lab = null;
  await rm(folder, { recursive: true, force: true });
});

describe('the gates of a release', () => {
  it('take the first create back when it never becomes healthy, and leave nothing', async () => {
    const under = await open({});
    expect(await run(under, UNHEALTHY)).toMatchObject({ state: 'failed', failure: { code: 'unhealthy', service: 'web' } });
    const { services, networks } = await under.parts.orchestrator.observe(under.stackOf());
    expect([services, networks]).toEqual([[], []]);
  });

  it('fail what the engine cannot place by our own deadline, and say what the engine says', async () => {
    const under = await open({
      shipmate: { progress_deadline: '3s' },
      web: { deploy: { placement: { constraints: ['node.labels.none == 1'] } } },
    });
    const ended = await run(under, '1.0.0');
    expect(ended).toMatchObject({ state: 'failed', failure: { code: 'progress_deadline', service: 'web' } });
    expect(ended.failure?.message).toContain('no suitable node');
  });

  it('run hooks in the service’s image before the rollout and after it, and stop at one that fails', async () => {
    const hook = (when: string, code: string) => ({ name: when, when, service: 'web', command: ['node', '-e', code], timeout: '20s' });
    const under = await open({
      shipmate: { hooks: [hook('before', "process.exit(process.env.VERSION === '1.1.0' ? 3 : 0)"), hook('after', '0')] },
    });
    const first = await run(under, '1.0.0');
    expect(first.state).toBe('succeeded');
    const lines = (await under.parts.database.stores.deployments.stagesOf(first.id)).flatMap((stage) => stage.lines);
    expect(lines).toEqual(expect.arrayContaining(['hook before: succeeded', 'hook after: succeeded']));

    const second = await run(under, '1.1.0');
    expect(second).toMatchObject({ state: 'rolled_back', failure: { code: 'hook_failed', service: 'web' } });
    expect(second.failure?.message).toContain('exit code 3');
    expect(await runningImages(under)).toEqual([await idOf(under, TEST_IMAGES.good)]);
  });

  it('ask inside the app’s network, and take a release back that answers something else', async () => {
    const smoke = [
      { name: 'version', url: 'http://web:8080/', inside: true, status: 200, body: '"version":"1.0.0"', timeout: '10s', retries: 3 },
    ];
    const under = await open({ shipmate: { smoke } }, { engine: { probe_image: TEST_IMAGES.good } });
    expect(await run(under, '1.0.0')).toMatchObject({ state: 'succeeded' });
    const second = await run(under, '1.1.0');
    expect(second).toMatchObject({ state: 'rolled_back', failure: { code: 'smoke_check_failed' } });
    expect(await runningImages(under)).toEqual([await idOf(under, TEST_IMAGES.good)]);
  });

  it('watch on after the rollout, and take back what breaks within the window', async () => {
    const under = await open({ shipmate: { verify: '12s' } });
    // The watch window of the first release is over at once for nobody: it is the price of the setting.
    expect(await run(under, '1.0.0')).toMatchObject({ state: 'succeeded' });
    const later = await run(under, FAILS_LATER);
    expect(later).toMatchObject({ state: 'rolled_back', failure: { service: 'web' } });
    expect(await runningImages(under)).toEqual([await idOf(under, TEST_IMAGES.good)]);
  });

  it('write nothing to the engine when nothing changed', async () => {
    const under = await open({});
    await under.deployed('1.0.0');
    const versions = async () =>
      (await under.parts.orchestrator.observe(under.stackOf())).services.map(({ service, updatedAt, owner }) => [
        service,
        updatedAt,
        owner,
      ]);
    const before = await versions();
    const again = await under.deployed('1.0.0');
    expect(again.plan.services.map(({ action }) => action)).toEqual(['unchanged']);
    expect(await versions()).toEqual(before);
  });

  it('make a new secret for a new content and show its value nowhere', async () => {
    const value = 'canary-' + 'value-of-a-secret';
    const under = await open({ web: { secrets: ['token'] }, rest: { secrets: { token: { file: './token' } } } });
    await writeFile(join(under.address.folder, 'token'), value);
    await under.deployed('1.0.0');
    const [first] = (await under.parts.orchestrator.observe(under.stackOf())).secrets;
    await writeFile(join(under.address.folder, 'token'), `${value}-2`);
    const second = await under.deployed('1.0.0');
    const secrets = (await under.parts.orchestrator.observe(under.stackOf())).secrets.map(({ engineName }) => engineName);
    // The earlier one stays for a rollback.
    expect(secrets).toHaveLength(2);
    expect(secrets).toContain(first?.engineName);
    const details = await under.useCases.readDeployment(second.id);
    const audit = await under.parts.database.stores.audit.list({ limit: 100 });
    expect(JSON.stringify([details, audit])).not.toContain(value);
  });
});
