import { describe, expect, it } from 'vitest';
import { ContainerMetrics } from '../../../adapters/swarm/container-metrics.ts';
import type { EngineApi } from '../../../adapters/swarm/engine-api.ts';

type Answer = { services: object[]; containers: object[]; stats: (id: string) => object | Promise<object> };

/** An engine that answers what the test gives it and counts how it was asked. */
function engine(answer: Answer, apiVersion = '1.41') {
  const seen = { lists: 0, stats: [] as string[], queries: [] as unknown[], mostAtOnce: 0 };
  let atOnce = 0;
  const give = async (path: string, query: unknown): Promise<unknown> => {
    if (path === '/services') return answer.services;
    if (path === '/containers/json') {
      seen.lists += 1;
      return answer.containers;
    }
    const id = path.split('/')[2] ?? '';
    seen.stats.push(id);
    seen.queries.push(query);
    atOnce += 1;
    seen.mostAtOnce = Math.max(seen.mostAtOnce, atOnce);
    try {
      await Promise.resolve();
      return await answer.stats(id);
    } finally {
      atOnce -= 1;
    }
  };
  const api: Pick<EngineApi, 'get' | 'version'> = {
    version: () => Promise.resolve({ Version: 'any', ApiVersion: apiVersion }),
    get: <T>(path: string, request: { query?: unknown } = {}) => give(path, request.query) as Promise<T>,
  };
  return { api, seen };
}

const service = (id: string, labels: Record<string, string> = { 'shipmate.deployment': 'd1' }) => ({ ID: id, Spec: { Labels: labels } });
const container = (id: string, serviceId: string, slot = '1') => ({
  Id: id,
  Labels: {
    'com.docker.stack.namespace': 'shop-staging',
    'com.docker.swarm.service.id': serviceId,
    'com.docker.swarm.service.name': 'shop-staging_web',
    'com.docker.swarm.task.id': `t-${id}`,
    'com.docker.swarm.task.name': `shop-staging_web.${slot}.t-${id}`,
  },
});
const STATS = {
  cpu_stats: { cpu_usage: { total_usage: 2_500_000_000 } },
  memory_stats: { usage: 1000, limit: 4000, stats: { total_inactive_file: 300 } },
  networks: { eth0: { rx_bytes: 10, tx_bytes: 1 }, eth1: { rx_bytes: 20, tx_bytes: 2 } },
};

describe('ContainerMetrics', () => {
  it('says what each container of an own service uses, in seconds and bytes, summed over its networks', async () => {
    const { api } = engine({ services: [service('s1')], containers: [container('c1', 's1', '2')], stats: () => STATS });
    expect(await new ContainerMetrics({ api }).read()).toEqual([
      {
        stack: 'shop-staging',
        service: 'web',
        slot: '2',
        task: 't-c1',
        cpuSeconds: 2.5,
        memoryBytes: 700,
        memoryLimitBytes: 4000,
        networkReceiveBytes: 30,
        networkTransmitBytes: 3,
      },
    ]);
  });

  it('takes the inactive cache of cgroup v2 off, and a container without networks as it is', async () => {
    const stats = { ...STATS, memory_stats: { usage: 1000, limit: 1, stats: { inactive_file: 100 } }, networks: null };
    const { api } = engine({ services: [service('s1')], containers: [container('c1', 's1')], stats: () => stats });
    expect(await new ContainerMetrics({ api }).read()).toMatchObject([
      { memoryBytes: 900, networkReceiveBytes: 0, networkTransmitBytes: 0 },
    ]);
  });

  it('asks about no container of others, nor about hooks that run once', async () => {
    const { api, seen } = engine({
      services: [service('s1'), service('hook', { 'shipmate.deployment': 'd1', 'shipmate.one-off': 'true' })],
      containers: [container('c1', 's1'), container('c2', 'hook'), container('c3', 'theirs')],
      stats: () => STATS,
    });
    expect(await new ContainerMetrics({ api }).read()).toHaveLength(1);
    expect(seen.stats).toEqual(['c1']);
  });

  it('leaves out a container that ends while it is read, and keeps the others', async () => {
    const { api } = engine({
      services: [service('s1')],
      containers: [container('gone', 's1'), container('ending', 's1'), container('c3', 's1')],
      stats: (id) => (id === 'gone' ? Promise.reject(new Error('404')) : id === 'ending' ? { cpu_stats: {}, memory_stats: {} } : STATS),
    });
    expect((await new ContainerMetrics({ api }).read()).map(({ task }) => task)).toEqual(['t-c3']);
  });

  it('asks about only so many at the same time, and about all of them', async () => {
    const containers = Array.from({ length: 20 }, (_, index) => container(`c${index}`, 's1'));
    const { api, seen } = engine({ services: [service('s1')], containers, stats: () => STATS });
    expect(await new ContainerMetrics({ api, parallel: 3 }).read()).toHaveLength(20);
    expect(seen.mostAtOnce).toBe(3);
  });

  it('begins nothing after its deadline', async () => {
    const { api, seen } = engine({ services: [service('s1')], containers: [container('c1', 's1')], stats: () => STATS });
    expect(await new ContainerMetrics({ api, deadlineMs: 0 }).read()).toEqual([]);
    expect(seen.stats).toEqual([]);
  });

  it('answers scrapes that come close together from one reading', async () => {
    const { api, seen } = engine({ services: [service('s1')], containers: [container('c1', 's1')], stats: () => STATS });
    const kept = new ContainerMetrics({ api });
    await Promise.all([kept.read(), kept.read()]);
    await kept.read();
    expect(seen.lists).toBe(1);
    const fresh = new ContainerMetrics({ api, keepMs: -1 });
    await fresh.read();
    await fresh.read();
    expect(seen.lists).toBe(3);
  });

  it('asks older engines without the one-shot reading that they do not know', async () => {
    const answer = { services: [service('s1')], containers: [container('c1', 's1')], stats: () => STATS };
    const [newer, older] = [engine(answer), engine(answer, '1.40')];
    await Promise.all([new ContainerMetrics({ api: newer.api }).read(), new ContainerMetrics({ api: older.api }).read()]);
    expect(newer.seen.queries).toEqual([{ stream: false, 'one-shot': true }]);
    expect(older.seen.queries).toEqual([{ stream: false }]);
  });
});
