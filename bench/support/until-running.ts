import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stand } from './stand.ts';

/** Looked at at most this far apart; a look itself takes a few milliseconds. */
const EVERY_MS = 25;

/**
 * Polls the engine until every service runs as many tasks as it wants, all of them on the images wanted, and wants no
 * other. Returns performance.now() of the look that saw it. Each running task counts as healthy: with a health check the
 * engine keeps it in `starting` until then.
 */
export async function untilRunning(stand: Stand, stack: string, images: ReadonlyMap<string, string>, stop: AbortSignal): Promise<number> {
  for (;;) {
    stop.throwIfAborted();
    const { services, tasks } = await stand.parts.orchestrator.observe(stack);
    const seenAt = performance.now();
    const isThere = [...images].every(([name, image]) => {
      const mode = services.find(({ service }) => service === name)?.spec.mode;
      const wanted = tasks.filter((task) => task.service === name && task.desiredState === 'running');
      const running = wanted.filter((task) => task.state === 'running' && task.image === image);
      return mode?.kind === 'replicated' && wanted.length === mode.replicas && running.length === mode.replicas;
    });
    if (isThere) return seenAt;
    await sleep(EVERY_MS);
  }
}

/** What each service's tasks name as their image: `docker stack deploy` keeps the tag, Shipmate pins the image's id. */
export async function imagesOf(
  stand: Stand,
  services: readonly string[],
  version: string,
  pinned: boolean,
): Promise<ReadonlyMap<string, string>> {
  const entries = services.map(async (service) => {
    const tag = `shop/${service}:${version}`;
    return [service, pinned ? (await stand.parts.images.resolve(tag)).pinned : tag] as const;
  });
  return new Map(await Promise.all(entries));
}
