import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';
import { EngineRejectedError, FenceLostError } from '../../src/ports/faults.ts';
import type { WriteGuard } from '../../src/ports/orchestrator.ts';
import { freeGuard } from '../support/swarm.ts';
import { healthy, type OrchestratorUnderTest, observeUntil, secretOf, serviceOf, stackOf } from './orchestrator-fixtures.ts';

/** What every orchestrator promises (src/ports/orchestrator.ts), run on the real engine and on the one in memory. */
export function orchestratorContract(name: string, create: () => Promise<OrchestratorUnderTest>): void {
  describe(`${name} as an orchestrator`, () => {
    let under: OrchestratorUnderTest;
    let stack: string;

    beforeAll(async () => {
      under = await create();
      stack = `${under.stack.app}-${under.stack.environment}`;
      await under.orchestrator.removeStack(stack, { volumes: true });
    });
    afterEach(() => under.orchestrator.removeStack(stack, { volumes: true }));

    const noContent = () => Promise.reject(new Error('nothing has content here'));

    async function deploy(services: readonly ServiceSpec[], guard: WriteGuard = freeGuard(1)): Promise<StackSpec> {
      const { spec } = await under.orchestrator.adapt(stackOf(under, services));
      await under.orchestrator.ensureNetworks(spec, guard);
      await under.orchestrator.ensureFileObjects(spec, noContent, guard);
      for (const service of Object.values(spec.services)) await under.orchestrator.apply(spec, service, guard);
      return spec;
    }

    const running = (count: number) => observeUntil(under.orchestrator, stack, (observed) => healthy(observed, 'web').length === count);

    it('says what it can do', async () => {
      expect(await under.orchestrator.capabilities()).toMatchObject({ isManager: true, jobs: true });
    });

    it('observes what was applied exactly as it was adapted, with its owner', async () => {
      const spec = await deploy([serviceOf(under, { mode: { kind: 'replicated', replicas: 2 } })]);
      const observed = await running(2);
      const [service] = observed.services;
      expect(service?.spec).toEqual(spec.services['web']);
      expect(service?.unmodelled).toEqual({});
      expect(service?.owner).toEqual(freeGuard(1).owner);
      expect(observed.networks.map((network) => network.engineName)).toEqual([`${stack}_default`]);
      expect(healthy(observed, 'web').map((task) => task.image)).toEqual([under.images.good, under.images.good]);
    });

    it('touches no task when the same is applied again', async () => {
      const spec = await deploy([serviceOf(under)]);
      const before = await running(1);
      for (const service of Object.values(spec.services)) await under.orchestrator.apply(spec, service, freeGuard(2));
      const after = await running(1);
      expect(healthy(after, 'web').map((task) => task.id)).toEqual(healthy(before, 'web').map((task) => task.id));
      expect(after.services[0]?.owner?.fence).toBe(2);
    });

    it('replaces the tasks when the service changes, and tells old tasks from current ones', async () => {
      await deploy([serviceOf(under)]);
      const [old] = healthy(await running(1), 'web');
      await deploy([serviceOf(under, { image: under.images.next })], freeGuard(2));
      const observed = await observeUntil(under.orchestrator, stack, (seen) =>
        healthy(seen, 'web').some((task) => task.image === under.images.next),
      );
      expect(observed.tasks.find((task) => task.id === old?.id)?.isCurrent ?? false).toBe(false);
    });

    it('shows a task that crashed with its exit code and reason', async () => {
      await deploy([serviceOf(under, { image: under.images.crashing })]);
      const observed = await observeUntil(under.orchestrator, stack, (seen) => seen.tasks.some((task) => task.state === 'failed'));
      const failed = observed.tasks.find((task) => task.state === 'failed');
      expect(failed).toMatchObject({ service: 'web', exitCode: 1, image: under.images.crashing });
      expect(failed?.error).not.toBeNull();
    });

    it('lets a claim take ownership without touching tasks, and refuses the former owner from then on', async () => {
      const spec = await deploy([serviceOf(under)]);
      const before = await running(1);
      await under.orchestrator.claim(stack, ['web', 'does-not-exist'], freeGuard(5));
      for (const service of Object.values(spec.services)) {
        await expect(under.orchestrator.apply(spec, { ...service, environment: { GREETING: 'late' } }, freeGuard(4))).rejects.toThrow(
          FenceLostError,
        );
      }
      await expect(under.orchestrator.restore(stack, 'web', null, freeGuard(4))).rejects.toThrow(FenceLostError);
      await expect(under.orchestrator.claim(stack, ['web'], freeGuard(4))).rejects.toThrow(FenceLostError);
      await expect(under.orchestrator.removeService(stack, 'web', freeGuard(4))).rejects.toThrow(FenceLostError);
      const after = await under.orchestrator.observe(stack);
      expect(after.services[0]?.spec).toEqual(before.services[0]?.spec);
      expect(after.services[0]?.owner).toEqual(freeGuard(5).owner);
      expect(healthy(after, 'web').map((task) => task.id)).toEqual(healthy(before, 'web').map((task) => task.id));
    });

    it('writes nothing when the guard says that the lease is lost', async () => {
      const spec = await deploy([serviceOf(under)]);
      const before = await under.orchestrator.observe(stack);
      const lost: WriteGuard = { ...freeGuard(9), check: () => Promise.reject(new FenceLostError('the lease is gone')) };
      for (const service of Object.values(spec.services)) {
        await expect(under.orchestrator.apply(spec, { ...service, environment: {} }, lost)).rejects.toThrow(FenceLostError);
      }
      await expect(under.orchestrator.claim(stack, ['web'], lost)).rejects.toThrow(FenceLostError);
      await expect(under.orchestrator.removeService(stack, 'web', lost)).rejects.toThrow(FenceLostError);
      const after = await under.orchestrator.observe(stack);
      expect(after.services[0]?.owner).toEqual(before.services[0]?.owner);
      expect(after.services[0]?.spec).toEqual(before.services[0]?.spec);
    });

    it('loses no write when two apply at the same moment', async () => {
      const spec = await deploy([serviceOf(under)]);
      const services = Object.values(spec.services);
      await Promise.all(
        [2, 3, 4, 5].flatMap((n) =>
          services.map((service) => under.orchestrator.apply(spec, { ...service, labels: { write: String(n) } }, freeGuard(2))),
        ),
      );
      const observed = await under.orchestrator.observe(stack);
      expect(['2', '3', '4', '5']).toContain(observed.services[0]?.spec.labels['write']);
      expect(observed.services).toHaveLength(1);
    });

    it('adopts a service that two create at the same moment', async () => {
      const { spec } = await under.orchestrator.adapt(stackOf(under, [serviceOf(under)]));
      await under.orchestrator.ensureNetworks(spec, freeGuard(1));
      const services = Object.values(spec.services);
      await Promise.all([1, 2, 3].flatMap(() => services.map((service) => under.orchestrator.apply(spec, service, freeGuard(1)))));
      expect((await under.orchestrator.observe(stack)).services).toHaveLength(1);
    });

    it('restores a recorded specification under the new owner, and again is success', async () => {
      await deploy([serviceOf(under)]);
      const recorded = (await running(1)).services[0];
      await deploy([serviceOf(under, { image: under.images.crashing })], freeGuard(2));
      await under.orchestrator.restore(stack, 'web', recorded?.engineSpec ?? null, freeGuard(3));
      await running(1);
      await under.orchestrator.restore(stack, 'web', recorded?.engineSpec ?? null, freeGuard(4));
      const observed = await running(1);
      expect(observed.services[0]?.spec).toEqual(recorded?.spec);
      expect(observed.services[0]?.owner).toEqual(freeGuard(4).owner);
    });

    it('restores to nothing by removing, and again is success', async () => {
      await deploy([serviceOf(under)]);
      await under.orchestrator.restore(stack, 'web', null, freeGuard(2));
      await under.orchestrator.restore(stack, 'web', null, freeGuard(2));
      expect((await under.orchestrator.observe(stack)).services).toEqual([]);
    });

    it('refuses a network that exists with other settings', async () => {
      const spec = await deploy([]);
      const network = spec.networks['default'];
      if (network === undefined) throw new Error('the fixture has a network');
      const other = { ...spec, networks: { default: { ...network, internal: true } } };
      await under.orchestrator.ensureNetworks(spec, freeGuard(1));
      await expect(under.orchestrator.ensureNetworks(other, freeGuard(1))).rejects.toThrow(EngineRejectedError);
      const foreign = { ...spec, networks: { default: { ...network, engineName: 'contract-nobody-made-this', external: true } } };
      await expect(under.orchestrator.ensureNetworks(foreign, freeGuard(1))).rejects.toThrow(EngineRejectedError);
    });

    it('keeps versions of a secret apart, and leaves one that is in use', async () => {
      const use = [{ source: 'token', target: 'token', uid: '0', gid: '0', mode: 0o444 }];
      const bytes = () => Promise.resolve(new TextEncoder().encode('content'));
      const specs = [];
      for (const fingerprint of ['1111111111111111', '2222222222222222']) {
        const { spec } = await under.orchestrator.adapt(stackOf(under, [serviceOf(under, { secrets: use })], secretOf(under, fingerprint)));
        await under.orchestrator.ensureNetworks(spec, freeGuard(1));
        await under.orchestrator.ensureFileObjects(spec, bytes, freeGuard(1));
        await under.orchestrator.ensureFileObjects(spec, noContent, freeGuard(1));
        for (const service of Object.values(spec.services)) await under.orchestrator.apply(spec, service, freeGuard(1));
        specs.push(spec.services['web']);
      }
      expect(specs[0]).not.toEqual(specs[1]);
      const observed = await under.orchestrator.observe(stack);
      expect(observed.services[0]?.spec).toEqual(specs[1]);
      const names = observed.secrets.map((secret) => secret.engineName);
      expect(names).toHaveLength(2);
      const left = await under.orchestrator.removeObjects(stack, 'secret', names, freeGuard(1));
      expect(left).toEqual([secretOf(under, '2222222222222222').engineName]);
    });

    it('runs a job again when it is applied again, and counts only its last execution', async () => {
      const job = serviceOf(under, {
        mode: { kind: 'replicated-job', replicas: 1 },
        image: under.images.crashing,
        healthcheck: { disabled: true },
        restart: { condition: 'none' },
      });
      await deploy([job]);
      const ended = (seen: Awaited<ReturnType<typeof running>>) => seen.tasks.filter((task) => task.isCurrent && task.state === 'failed');
      const first = await observeUntil(under.orchestrator, stack, (seen) => ended(seen).length === 1);
      await deploy([job], freeGuard(2));
      const again = await observeUntil(
        under.orchestrator,
        stack,
        (seen) => ended(seen).length === 1 && ended(seen)[0]?.id !== ended(first)[0]?.id,
      );
      await under.orchestrator.claim(stack, ['web'], freeGuard(3));
      const claimed = await under.orchestrator.observe(stack);
      expect(ended(claimed).map((task) => task.id)).toEqual(ended(again).map((task) => task.id));
    });

    it('reports a change well before the tick, and the tick without any change', async () => {
      const end = new AbortController();
      const calls: number[] = [];
      const spec = await deploy([]);
      under.orchestrator.watch(stack, 60_000, () => calls.push(Date.now()), end.signal);
      const { spec: withService } = await under.orchestrator.adapt({ ...spec, services: { web: serviceOf(under) } });
      for (const service of Object.values(withService.services)) await under.orchestrator.apply(withService, service, freeGuard(1));
      const [task] = healthy(await running(1), 'web');
      // A call before that could not have shown the task as running.
      await vi.waitFor(() => expect(calls.some((at) => at >= (task?.stateSince ?? Number.POSITIVE_INFINITY))).toBe(true), {
        timeout: 2_000,
      });
      end.abort();

      const ticking = new AbortController();
      const { promise, resolve } = Promise.withResolvers<void>();
      let ticks = 0;
      under.orchestrator.watch(
        `${stack}-quiet`,
        50,
        () => {
          ticks += 1;
          if (ticks === 3) resolve();
        },
        ticking.signal,
      );
      await promise;
      ticking.abort();
    });

    it('runs a command once and tells how it ended', async () => {
      const spec = await deploy([serviceOf(under)]);
      const signal = new AbortController().signal;
      const script = (name: string, code: string) => ({ name, service: 'web', command: ['node', '-e', code], timeoutMs: 30_000 });
      const run = (name: string, code: string) => under.orchestrator.runOnce(spec, script(name, code), freeGuard(1), signal);
      expect(await run('succeeds', 'console.log(process.env.GREETING)')).toMatchObject({
        outcome: 'succeeded',
        exitCode: 0,
        output: ['hello'],
      });
      expect(await run('fails', 'process.exit(3)')).toMatchObject({ outcome: 'failed', exitCode: 3 });
      const hanging = { ...script('hangs', 'setInterval(() => {}, 1000)'), timeoutMs: 1_500 };
      expect(await under.orchestrator.runOnce(spec, hanging, freeGuard(1), signal)).toMatchObject({ outcome: 'timed_out', exitCode: null });
      expect((await under.orchestrator.observe(stack)).services.map((service) => service.service)).toEqual(['web']);
    });

    it('gives the last lines of the logs', async () => {
      await deploy([serviceOf(under, { mode: { kind: 'replicated', replicas: 2 } })]);
      await running(2);
      const lines = await under.orchestrator.logs(stack, { service: 'web', tail: 2, sinceMs: null });
      expect(lines).toHaveLength(2);
      expect(new Set(lines.map((line) => line.task)).size).toBe(2);
    });

    it('removes a stack with everything in it, and again is success', async () => {
      await deploy([serviceOf(under)]);
      expect(await under.orchestrator.stacks()).toContainEqual({ stack, services: 1, ownedByShipmate: true });
      await under.orchestrator.removeStack(stack, { volumes: true });
      await under.orchestrator.removeStack(stack, { volumes: true });
      expect(await under.orchestrator.observe(stack)).toEqual({ stack, services: [], tasks: [], networks: [], secrets: [], configs: [] });
      expect((await under.orchestrator.stacks()).map((each) => each.stack)).not.toContain(stack);
    });
  });
}
