import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { WorkQueue } from '../../../src/chat-core/intake/work-queue.ts';

const LIMITS = { young: 10, youngInCrowd: 10, youngMs: 60_000 };

/** Work that ends when the test says so. */
function manual() {
  const ends: (() => void)[] = [];
  let running = 0;
  return {
    running: () => running,
    endOne: async () => {
      ends.shift()?.();
      await setImmediate();
    },
    work: (name: string) => () => {
      running += 1;
      return new Promise<string>((resolve) =>
        ends.push(() => {
          running -= 1;
          resolve(name);
        }),
      );
    },
  };
}

describe('the work queue', () => {
  it('runs so many at a time, the others in order', async () => {
    const queue = new WorkQueue({ ...LIMITS, inWork: 2, waiting: 3 });
    const { work, running, endOne } = manual();
    const done: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) void queue.run(work(name), 'dropped').then((result) => done.push(result));
    expect(running()).toBe(2);
    expect(queue.room).toBe(1);
    for (let ended = 0; ended < 4; ended += 1) await endOne();
    expect(done).toEqual(['a', 'b', 'c', 'd']);
    expect(queue.room).toBe(5);
  });

  it('starts few at a time, and more when those wait for something slow', async () => {
    vi.useFakeTimers();
    try {
      const queue = new WorkQueue({ inWork: 5, waiting: 9, young: 2, youngInCrowd: 2, youngMs: 100 });
      const { work, running } = manual();
      for (let index = 0; index < 7; index += 1) void queue.run(work(String(index)), 'dropped');
      expect(running()).toBe(2);
      vi.advanceTimersByTime(100);
      expect(running()).toBe(4);
      vi.advanceTimersByTime(100);
      expect(running()).toBe(5);
      vi.advanceTimersByTime(1_000);
      expect(running()).toBe(5);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets work wait while it is crowded, one after another, and goes on when it is not', async () => {
    let isCrowded = true;
    const queue = new WorkQueue({ ...LIMITS, inWork: 5, waiting: 9, youngInCrowd: 1 }, () => isCrowded);
    const { work, running, endOne } = manual();
    for (let index = 0; index < 5; index += 1) void queue.run(work(String(index)), 'dropped');
    expect(running()).toBe(1);
    await endOne();
    expect(running()).toBe(1);
    isCrowded = false;
    queue.startMore();
    expect(running()).toBe(4);
  });

  it('goes on when work fails', async () => {
    const queue = new WorkQueue({ ...LIMITS, inWork: 1, waiting: 5 });
    const failing = queue.run(() => Promise.reject(new Error('no')), 'dropped');
    const next = queue.run(async () => 'next', 'dropped');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('drops what waits when it is closed, and lets what runs end', async () => {
    const queue = new WorkQueue({ ...LIMITS, inWork: 1, waiting: 5 });
    const { work, endOne } = manual();
    const first = queue.run(work('a'), 'dropped');
    const second = queue.run(work('b'), 'dropped');
    const closed = queue.close();
    expect(await second).toBe('dropped');
    expect(await queue.run(work('c'), 'dropped')).toBe('dropped');
    expect(queue.room).toBe(0);
    await endOne();
    expect(await first).toBe('a');
    await closed;
  });
});
