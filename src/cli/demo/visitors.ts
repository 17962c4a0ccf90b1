import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';

/** What the visitors of examples/shop/src/visitor.ts saw. */
export type VisitorCounts = {
  /** By version. */
  readonly answers: Readonly<Record<string, number>>;
  /** By reason. */
  readonly failures: Readonly<Record<string, number>>;
  /** How long the slowest request took, whichever way it ended. */
  readonly slowestMs: number;
  /** Every request that began before this moment has ended; milliseconds since 1970. */
  readonly endedUntil: number;
};

export type Visitors = {
  counts(): Promise<VisitorCounts>;
  /** Ends them and removes their service. */
  leave(): Promise<void>;
};

export type VisitorOptions = {
  readonly docker: Docker;
  /** The service's name on the engine. It stands beside the stack, not in it. */
  readonly name: string;
  /** The engine's name for the network that both share. */
  readonly network: string;
  /** Any image of the shop: all have the visitor's program. */
  readonly image: string;
  /** How many ask at the same time, and how long each rests between two requests. */
  readonly visitors: number;
  readonly pauseMs: number;
  /** How long each waits for an answer before it counts as a failure. */
  readonly patienceMs: number;
};

const NOTHING: VisitorCounts = { answers: {}, failures: {}, slowestMs: 0, endedUntil: 0 };

/**
 * People who use the app while it is being deployed. They ask its tasks at the tasks' own addresses, without keep-alive
 * and without a second try, so that every refused or broken request counts.
 */
export async function sendVisitors(options: VisitorOptions): Promise<Visitors> {
  const { docker, name } = options;
  await removeVisitors(docker, name);
  await docker.createService({
    Name: name,
    TaskTemplate: {
      ContainerSpec: {
        Image: options.image,
        Command: ['node', '/app/src/visitor.ts'],
        Env: [`VISITORS=${options.visitors}`, `PAUSE_MS=${options.pauseMs}`, `PATIENCE_MS=${options.patienceMs}`],
      },
      RestartPolicy: { Condition: 'none' },
      Networks: [{ Target: options.network }],
    },
    Mode: { Replicated: { Replicas: 1 } },
    EndpointSpec: { Mode: 'dnsrr' },
  });
  return { counts: () => readCounts(docker, name), leave: () => removeVisitors(docker, name) };
}

export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function readCounts(docker: Docker, name: string): Promise<VisitorCounts> {
  const output = await docker.getService(name).logs({ stdout: true, stderr: true, tail: 2, follow: false });
  const last = String(output)
    .match(/\{"answers".*\}/g)
    ?.at(-1);
  return last === undefined ? NOTHING : JSON.parse(last);
}

/** Waits for the container's end, too: until then its network cannot be removed. */
export async function removeVisitors(docker: Docker, name: string): Promise<void> {
  try {
    await docker.getService(name).remove();
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return;
    throw error;
  }
  const filters = { label: [`com.docker.swarm.service.name=${name}`] };
  for (let i = 0; i < 150 && (await docker.listContainers({ all: true, filters })).length > 0; i++) await sleep(100);
}
