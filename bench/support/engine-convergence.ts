import type { Measured } from './shipmate-side.ts';
import type { Stand } from './stand.ts';

export type Convergence = {
  /** From the request until the engine took the first write of it. */
  readonly firstChangeMs: number;
  /** From the engine's own convergence (the last task that runs, and its service's monitor) until the deployment succeeded. */
  readonly overheadMs: number;
  /** The rest: from the request until the engine had converged. Nobody who waits for the monitors can be faster than this. */
  readonly engineMs: number;
  /** When each service was written, and when its tasks were made and ran, after the request. */
  readonly timeline: string;
};

/** What the engine's own timestamps say about a deployment that changed every service; its clock is this machine's. */
export async function convergenceOf({ parts, stack }: Stand, { requestedAt, succeededAt, deployment }: Measured): Promise<Convergence> {
  const { services, tasks } = await parts.orchestrator.observe(stack);
  const firstWrite = Math.min(...services.map(({ updatedAt }) => updatedAt));
  const converged = services.map(({ service }) => {
    const running = tasks.filter((task) => task.service === service && task.isCurrent && task.state === 'running');
    const monitorMs = deployment.plan.services.find((plan) => plan.service === service)?.monitorMs ?? 0;
    return Math.max(...running.map(({ stateSince }) => stateSince)) + monitorMs;
  });
  const after = (at: number): string => `+${at - requestedAt}`;
  const timeline = services.map(({ service, updatedAt }) => {
    const current = tasks.filter((task) => task.service === service && task.isCurrent);
    return `${service} written ${after(updatedAt)} ${current.map((task) => `made ${after(task.createdAt)} ${task.state} ${after(task.stateSince)}`).join(' ')}`;
  });
  const convergedAt = Math.max(...converged);
  return {
    timeline: timeline.join('; '),
    firstChangeMs: firstWrite - requestedAt,
    overheadMs: succeededAt - convergedAt,
    engineMs: convergedAt - requestedAt,
  };
}
