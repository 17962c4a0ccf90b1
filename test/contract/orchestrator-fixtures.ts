import { vi } from 'vitest';
import type { ObservedStack, ObservedTask } from '../../src/domain/observed.ts';
import { DEFAULT_RELEASE_SETTINGS } from '../../src/domain/release-settings.ts';
import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { FileObjectSpec, StackSpec } from '../../src/domain/stack-spec.ts';
import type { Orchestrator } from '../../src/ports/orchestrator.ts';

export type OrchestratorUnderTest = {
  readonly orchestrator: Orchestrator;
  /** `crashing` ends with status 1 at once; the others serve and answer their health check. */
  readonly images: { readonly good: string; readonly next: string; readonly crashing: string };
  readonly healthcheck: NonNullable<ServiceSpec['healthcheck']>;
  readonly stack: { readonly app: string; readonly environment: string };
};

export function serviceOf(under: OrchestratorUnderTest, changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name: 'web',
    image: under.images.good,
    environment: { GREETING: 'hello' },
    labels: { team: 'shop' },
    containerLabels: {},
    mounts: [],
    networks: [{ network: 'default', aliases: [] }],
    ports: [],
    mode: { kind: 'replicated', replicas: 1 },
    healthcheck: under.healthcheck,
    stopGracePeriodMs: 2_000,
    secrets: [],
    configs: [],
    ...changes,
  };
}

export function stackOf(under: OrchestratorUnderTest, services: readonly ServiceSpec[], secret: FileObjectSpec | null = null): StackSpec {
  const { app, environment } = under.stack;
  const stack = `${app}-${environment}`;
  return {
    app,
    environment,
    stack,
    services: Object.fromEntries(services.map((service) => [service.name, service])),
    networks: {
      default: {
        engineName: `${stack}_default`,
        external: false,
        driver: 'overlay',
        driverOptions: {},
        labels: {},
        attachable: false,
        internal: false,
      },
    },
    volumes: {},
    secrets: secret === null ? {} : { token: secret },
    configs: {},
    dependencies: {},
    settings: DEFAULT_RELEASE_SETTINGS,
  };
}

export function secretOf(under: OrchestratorUnderTest, fingerprint: string): FileObjectSpec {
  const { app, environment } = under.stack;
  return { engineName: `${app}-${environment}_token_${fingerprint}`, external: false, fingerprint, labels: {} };
}

/** The first observation for which `isMet` holds. */
export async function observeUntil(
  orchestrator: Orchestrator,
  stack: string,
  isMet: (observed: ObservedStack) => boolean,
): Promise<ObservedStack> {
  return vi.waitFor(
    async () => {
      const observed = await orchestrator.observe(stack);
      if (!isMet(observed)) throw new Error(`not yet: ${JSON.stringify(observed.tasks)}`);
      return observed;
    },
    { timeout: 45_000, interval: 100 },
  );
}

export function healthy(observed: ObservedStack, service: string): readonly ObservedTask[] {
  return observed.tasks.filter((task) => task.service === service && task.isCurrent && task.state === 'running');
}
