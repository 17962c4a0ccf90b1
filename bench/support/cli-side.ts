import { performance } from 'node:perf_hooks';
import type { Stand } from './stand.ts';

/** `docker stack deploy`, waiting for convergence. Never asks a registry: Shipmate finds the same images on the engine. */
export async function deployByCli({ cli, composeFile, cliStack }: Stand, version: string): Promise<number> {
  const startedAt = performance.now();
  const args = ['stack', 'deploy', '--detach=false', '--resolve-image', 'never', '--quiet', '-c', composeFile, cliStack];
  await cli.run(args, { VERSION: version });
  return performance.now() - startedAt;
}

/** Not measured; the orchestrator's removal waits until nothing is left. */
export function removeTheirs({ parts, cliStack }: Stand): Promise<void> {
  return parts.orchestrator.removeStack(cliStack, { volumes: true });
}
