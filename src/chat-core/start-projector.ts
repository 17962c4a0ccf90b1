import type { Deployment } from '../domain/deployment.ts';
import { DEPLOYMENT_STATES, isFinal, isOpen } from '../domain/deployment-state.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { DeploymentProjection } from './project-deployment.ts';

export type ProjectorParts = {
  readonly database: Database;
  readonly projection: DeploymentProjection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How often everything recent is looked at, whatever was notified. */
  readonly sweepMs?: number;
  /** A deployment's messages are written at most this often. */
  readonly paceMs?: number;
};

const AT_A_TIME = 4;
const RECENT = 200;
/** Neighbours of a deployment that ended: those that moved up in the queue, and those whose Roll back button is outdated now. */
const NEIGHBOURS = 10;
const OPEN_STATES = DEPLOYMENT_STATES.filter(isOpen);

/** Keeps every card and thread up to date until it is stopped. Notifications make it quick, the sweep makes it sure. */
export async function startProjector(parts: ProjectorParts): Promise<{ stop(): Promise<void> }> {
  const projector = new Projector(parts);
  await projector.start();
  return projector;
}

class Projector {
  readonly #parts: ProjectorParts;
  /** Waiting deployments, with when they were noticed. */
  readonly #waiting = new Map<string, number>();
  readonly #running = new Set<string>();
  /** Deployment revisions as last projected, of what the last sweep saw. */
  #seen = new Map<string, number>();
  readonly #stopping = new AbortController();
  #listening: { stop(): Promise<void> } | null = null;
  #work: readonly Promise<void>[] = [];
  #wake: () => void = () => undefined;

  constructor(parts: ProjectorParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const loops = Array.from({ length: AT_A_TIME }, () => this.#loop());
    this.#work = [...loops, this.#sweepForever()];
    this.#listening = await this.#parts.database.listen('deployment', (id) => (id === '*' ? this.#seen.clear() : this.#notice(id)));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#listening?.stop();
    await Promise.all(this.#work);
  }

  #notice(id: string): void {
    if (!this.#waiting.has(id)) this.#waiting.set(id, this.#parts.clock.now());
    this.#wake();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const next = this.#take();
      if (next === null) await this.#somethingToDo();
      else await this.#projectOne(next.id, next.noticedAt);
    }
  }

  /** One deployment is projected by one loop at a time, so that older facts never overtake newer ones. */
  #take(): { id: string; noticedAt: number } | null {
    for (const [id, noticedAt] of this.#waiting) {
      if (this.#running.has(id)) continue;
      this.#waiting.delete(id);
      this.#running.add(id);
      return { id, noticedAt };
    }
    return null;
  }

  #nextWake: Promise<void> | null = null;

  #somethingToDo(): Promise<void> {
    this.#nextWake ??= new Promise((resolve) => {
      this.#wake = () => {
        this.#nextWake = null;
        resolve();
      };
    });
    return this.#nextWake;
  }

  async #projectOne(id: string, noticedAt: number): Promise<void> {
    const { projection, clock, logger, metrics, paceMs = 150 } = this.#parts;
    try {
      const projected = await projection.project(id);
      if (projected !== null) {
        const { deployment } = projected;
        metrics.cardProjected(clock.now() - noticedAt);
        if (isFinal(deployment.state) && this.#seen.get(id) !== deployment.revision) await this.#noticeNeighbours(deployment);
        this.#seen.set(id, deployment.revision);
      }
      await clock.sleep(paceMs, this.#stopping.signal);
    } catch (error) {
      logger.warn({ deploymentId: id, error }, 'a card could not be written; the next sweep tries again');
      this.#seen.delete(id);
    } finally {
      this.#running.delete(id);
      if (this.#waiting.has(id)) this.#wake();
    }
  }

  async #noticeNeighbours({ id, stack }: Deployment): Promise<void> {
    const { deployments } = this.#parts.database.stores;
    const [queue, recent] = await Promise.all([deployments.queueOf(stack), deployments.list({ stack, limit: NEIGHBOURS })]);
    // Only those that open after this one or were outdated by it; each is final itself, so this ends.
    for (const neighbour of [...queue, ...recent]) {
      if (neighbour.id !== id) this.#notice(neighbour.id);
      if (isFinal(neighbour.state)) this.#seen.set(neighbour.id, neighbour.revision);
    }
  }

  async #sweepForever(): Promise<void> {
    const { clock, logger, sweepMs = 5000 } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#sweep();
      } catch (error) {
        logger.warn({ error }, 'the sweep over recent deployments failed');
      }
      await clock.sleep(sweepMs, signal);
    }
  }

  /** Open ones always (their place in the queue changes with others); ended ones when they changed since they were written. */
  async #sweep(): Promise<void> {
    const { deployments } = this.#parts.database.stores;
    const [open, recent] = await Promise.all([
      deployments.list({ states: OPEN_STATES, limit: RECENT }),
      deployments.list({ limit: RECENT }),
    ]);
    const current = new Map([...open, ...recent].map((deployment) => [deployment.id, deployment]));
    const kept = new Map<string, number>();
    for (const [id, revision] of this.#seen) {
      const deployment = current.get(id);
      if (deployment !== undefined) kept.set(id, revision);
      // It ended and slid out of both lists between two sweeps.
      else if (this.#wasOpen.has(id)) this.#notice(id);
    }
    this.#seen = kept;
    this.#wasOpen = new Set(open.map((deployment) => deployment.id));
    for (const deployment of current.values()) {
      if (isOpen(deployment.state) || kept.get(deployment.id) !== deployment.revision) this.#notice(deployment.id);
    }
  }

  #wasOpen = new Set<string>();
}
