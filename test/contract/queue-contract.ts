import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { StoreUnavailableError } from '../../src/ports/faults.ts';
import type { DeploymentQueue } from '../../src/ports/queue.ts';

export type QueueServer = {
  /** A client as a process has it. */
  open(): DeploymentQueue;
  /** What the consumer in another process needs (queue-consumer.ts). */
  readonly address: { redisUrl: string | null; connectionString: string };
  /** Away, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

const CONSUMER = fileURLToPath(new URL('./queue-consumer.ts', import.meta.url));

/** What every implementation of the DeploymentQueue port promises. */
export function describeQueueContract(start: () => Promise<QueueServer>): void {
  let server: QueueServer;
  const opened: DeploymentQueue[] = [];
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    server = await start();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(opened.splice(0).map((queue) => queue.close(0)));
  });
  afterAll(() => server.stop());

  function open(): DeploymentQueue {
    const queue = server.open();
    opened.push(queue);
    return queue;
  }

  async function isEmpty(queue: DeploymentQueue): Promise<void> {
    await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 }), { timeout: 10_000 });
  }

  const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

  it('hands a woken deployment to a consumer in another client', async () => {
    const seen: string[] = [];
    const [producer, consumer] = [open(), open()];
    await consumer.consume(1, async (id) => void seen.push(id));
    const id = randomUUID();
    await producer.wake(id);
    await eventually(() => expect(seen).toEqual([id]));
    await isEmpty(producer);
  });

  it('keeps one job of a deployment while it waits, and takes it again after it ended', async () => {
    const seen: string[] = [];
    const queue = open();
    const id = randomUUID();
    await Promise.all([queue.wake(id), queue.wake(id), queue.wake(id)]);
    expect(await queue.counts()).toMatchObject({ waiting: 1, active: 0 });
    await queue.consume(4, async (each) => void seen.push(each));
    await eventually(() => expect(seen).toEqual([id]));
    await isEmpty(queue);
    await queue.wake(id);
    await eventually(() => expect(seen).toEqual([id, id]));
    await isEmpty(queue);
  });

  it('runs a deployment that is woken while it runs once more afterwards, never twice at a time', async () => {
    const queue = open();
    const id = randomUUID();
    const gate = Promise.withResolvers<void>();
    let [running, most, runs] = [0, 0, 0];
    await queue.consume(4, async () => {
      runs += 1;
      running += 1;
      most = Math.max(most, running);
      if (runs === 1) await gate.promise;
      running -= 1;
    });
    await queue.wake(id);
    await eventually(() => expect(running).toBe(1));
    await Promise.all([queue.wake(id), queue.wake(id)]);
    gate.resolve();
    await eventually(() => expect(runs).toBe(2));
    await isEmpty(queue);
    expect({ most, runs }).toEqual({ most: 1, runs: 2 });
  });

  it('runs as many at a time as asked, and no more', async () => {
    const queue = open();
    const gate = Promise.withResolvers<void>();
    let [running, most, done] = [0, 0, 0];
    await queue.consume(3, async () => {
      running += 1;
      most = Math.max(most, running);
      await gate.promise;
      running -= 1;
      done += 1;
    });
    await Promise.all(Array.from({ length: 10 }, () => queue.wake(randomUUID())));
    await eventually(async () => expect(await queue.counts()).toMatchObject({ active: 3, waiting: 7 }));
    gate.resolve();
    await eventually(() => expect(done).toBe(10));
    expect(most).toBe(3);
    await isEmpty(queue);
  });

  it('tries a job again whose handler throws, and gives up after a bounded number of times', async () => {
    const queue = open();
    const [flaky, hopeless] = [randomUUID(), randomUUID()];
    const attempts = new Map<string, number>();
    await queue.consume(2, async (id) => {
      attempts.set(id, (attempts.get(id) ?? 0) + 1);
      if (id === hopeless || attempts.get(id) === 1) throw new Error('a fault');
    });
    const failedBefore = (await queue.counts()).failed;
    await queue.wake(flaky);
    await eventually(() => expect(attempts.get(flaky)).toBe(2));
    await queue.wake(hopeless);
    await vi.waitFor(async () => expect((await queue.counts()).failed).toBe(failedBefore + 1), { timeout: 40_000, interval: 100 });
    expect(attempts.get(hopeless)).toBe(5);
    await queue.wake(hopeless);
    await eventually(() => expect(attempts.get(hopeless)).toBeGreaterThan(5));
  });

  it('waits for running handlers when it closes, up to the grace', async () => {
    const queue = open();
    const gate = Promise.withResolvers<void>();
    let [isRunning, isDone] = [false, false];
    await queue.consume(1, async () => {
      isRunning = true;
      await gate.promise;
      isDone = true;
    });
    await queue.wake(randomUUID());
    await eventually(() => expect(isRunning).toBe(true));
    const closing = queue.close(10_000);
    gate.resolve();
    await closing;
    expect(isDone).toBe(true);
  });

  it('lets go of a handler that outlives the grace, and another consumer gets its job', async () => {
    const stuck = open();
    const id = randomUUID();
    const never = new Promise<never>(() => undefined);
    let isRunning = false;
    await stuck.consume(1, () => {
      isRunning = true;
      return never;
    });
    await stuck.wake(id);
    await eventually(() => expect(isRunning).toBe(true));
    const startedAt = Date.now();
    await stuck.close(50);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    const seen: string[] = [];
    await open().consume(1, async (each) => void seen.push(each));
    await eventually(() => expect(seen).toContain(id));
  });

  it('gives the job of a consumer that was killed to another one', async () => {
    const child = fork(CONSUMER, [JSON.stringify(server.address)], { execArgv: [] });
    children.push(child);
    const got: unknown[] = [];
    child.on('message', (message) => got.push(message));
    await eventually(() => expect(got).toContain('ready'));
    const queue = open();
    const id = randomUUID();
    await queue.wake(id);
    await eventually(() => expect(got).toContain(id));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const seen: string[] = [];
    await queue.consume(1, async (each) => void seen.push(each));
    // Woken again meanwhile, as the reconciler does.
    await queue.wake(id);
    await eventually(() => expect(seen).toContain(id));
    await isEmpty(queue);
    expect(seen.length).toBeLessThanOrEqual(2);
  });

  describe('when its server goes away and comes back', () => {
    it('rejects a wake within its bound, and both sides go on afterwards without a restart', async () => {
      const [producer, consumer, late] = [open(), open(), open()];
      const seen: string[] = [];
      await consumer.consume(2, async (id) => void seen.push(id));
      const [before, meanwhile, after] = [randomUUID(), randomUUID(), randomUUID()];
      await producer.wake(before);
      await eventually(() => expect(seen).toEqual([before]));
      await isEmpty(producer);

      await server.down();
      const startedAt = Date.now();
      await Promise.all([
        expect(producer.wake(meanwhile)).rejects.toThrow(StoreUnavailableError),
        expect(producer.ping()).rejects.toThrow(StoreUnavailableError),
        expect(late.wake(meanwhile)).rejects.toThrow(StoreUnavailableError),
      ]);
      expect(Date.now() - startedAt).toBeLessThan(2_500);
      await server.up();

      await eventually(() => producer.wake(after));
      await eventually(() => expect(seen).toContain(after));
      const fresh = randomUUID();
      await eventually(() => late.wake(fresh));
      await eventually(() => expect(seen).toContain(fresh));
    });

    it('closes while it is away', async () => {
      const [producer, consumer, never] = [open(), open(), open()];
      await consumer.consume(1, async () => undefined);
      await producer.ping();
      await server.down();
      await expect(never.ping()).rejects.toThrow(StoreUnavailableError);
      const startedAt = Date.now();
      await Promise.all([producer.close(1_000), consumer.close(1_000), never.close(1_000)]);
      expect(Date.now() - startedAt).toBeLessThan(8_000);
      await server.up();
    });

    it('keeps what waits', async () => {
      const queue = open();
      const id = randomUUID();
      await queue.wake(id);
      await server.down();
      await server.up();
      const seen: string[] = [];
      await eventually(() => queue.ping());
      await queue.consume(1, async (each) => void seen.push(each));
      await eventually(() => expect(seen).toContain(id));
    });
  });
}
