import { Counter, Gauge, type Registry } from 'prom-client';
import type { ContainerUsage } from '../../src/ports/container-usage.ts';

/** `task` keeps apart the two tasks that share a slot while one takes over from the other. */
const LABELS = ['stack', 'service', 'slot', 'task'] as const;

type Series = {
  readonly name: string;
  readonly help: string;
  readonly kind: typeof Counter<(typeof LABELS)[number]> | typeof Gauge<(typeof LABELS)[number]>;
  readonly value: (usage: ContainerUsage) => number;
};

const SERIES: readonly Series[] = [
  { name: 'cpu_seconds_total', help: 'Processor time', kind: Counter, value: (usage) => usage.cpuSeconds },
  { name: 'memory_bytes', help: 'Memory without cache that can be given back', kind: Gauge, value: (usage) => usage.memoryBytes },
  { name: 'memory_limit_bytes', help: 'Memory at most', kind: Gauge, value: (usage) => usage.memoryLimitBytes },
  { name: 'network_receive_bytes_total', help: 'Bytes received', kind: Counter, value: (usage) => usage.networkReceiveBytes },
  { name: 'network_transmit_bytes_total', help: 'Bytes sent', kind: Counter, value: (usage) => usage.networkTransmitBytes },
];

/** The containers of Shipmate's stacks, read at each scrape. `read` must not reject; without an answer the series are absent. */
export function registerContainerSeries(registry: Registry, read: () => Promise<readonly ContainerUsage[]>): void {
  let reading: Promise<readonly ContainerUsage[]> | null = null;
  // All series of one scrape show the same reading.
  const readOnce = (): Promise<readonly ContainerUsage[]> => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
  for (const { name, help, kind: Kind, value } of SERIES) {
    new Kind({
      name: `shipmate_container_${name}`,
      help: `${help}, by container of a stack that Shipmate deployed, on the engine's own node`,
      labelNames: LABELS,
      registers: [registry],
      async collect() {
        const usages = await readOnce();
        // The engine counts, so what was counted here before is replaced and not added to.
        this.reset();
        for (const usage of usages) {
          const { stack, service, slot, task } = usage;
          this.inc({ stack, service, slot, task }, value(usage));
        }
      },
    });
  }
}
