import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../adapters/pino/create-logger.ts';
import { PrometheusMetrics } from '../../../adapters/prometheus/prometheus-metrics.ts';
import type { ContainerUsage } from '../../../src/ports/container-usage.ts';

const logger = createLogger({ level: 'silent', pretty: false });
const USAGE: ContainerUsage = {
  stack: 'shop-staging',
  service: 'web',
  slot: '1',
  task: 't1',
  cpuSeconds: 2.5,
  memoryBytes: 700,
  memoryLimitBytes: 4000,
  networkReceiveBytes: 30,
  networkTransmitBytes: 3,
};
const LABELS = '{stack="shop-staging",service="web",slot="1",task="t1"}';

describe('the series of containers', () => {
  it('show what the engine counted, also at the second scrape', async () => {
    const readings = [[USAGE], [{ ...USAGE, cpuSeconds: 4, networkReceiveBytes: 50 }]];
    const metrics = new PrometheusMetrics({ containers: async () => readings.shift() ?? [] }, logger);
    const first = await metrics.text();
    expect(first).toContain('# TYPE shipmate_container_cpu_seconds_total counter');
    expect(first).toContain('# TYPE shipmate_container_memory_bytes gauge');
    expect(first).toContain(`shipmate_container_cpu_seconds_total${LABELS} 2.5`);
    expect(first).toContain(`shipmate_container_memory_bytes${LABELS} 700`);
    expect(first).toContain(`shipmate_container_memory_limit_bytes${LABELS} 4000`);
    expect(first).toContain(`shipmate_container_network_receive_bytes_total${LABELS} 30`);
    expect(first).toContain(`shipmate_container_network_transmit_bytes_total${LABELS} 3`);
    const second = await metrics.text();
    expect(second).toContain(`shipmate_container_cpu_seconds_total${LABELS} 4`);
    expect(second).toContain(`shipmate_container_network_receive_bytes_total${LABELS} 50`);
  });

  it('take one reading for all of a scrape', async () => {
    let readings = 0;
    const metrics = new PrometheusMetrics({ containers: async () => [{ ...USAGE, cpuSeconds: ++readings }] }, logger);
    await metrics.text();
    expect(readings).toBe(1);
  });

  it('forget a container that is gone', async () => {
    const readings = [[USAGE], []];
    const metrics = new PrometheusMetrics({ containers: async () => readings.shift() ?? [] }, logger);
    await metrics.text();
    expect(await metrics.text()).not.toContain('task="t1"');
  });

  it('are absent while the engine does not answer, and the rest is there', async () => {
    const metrics = new PrometheusMetrics({ containers: () => Promise.reject(new Error('away')) }, logger);
    const text = await metrics.text();
    expect(text).not.toContain('task=');
    expect(text).toContain('shipmate_leases_lost_total 0');
  });
});
