import type { Place } from '../domain/place.ts';

type Written = { readonly text: string; readonly id: string };

/**
 * What this process wrote last, per deployment, so that a rollout's many small changes cost no query for the messages that
 * they do not touch. Only a shortcut: whatever is not here is written, and the store leaves equal content alone.
 */
export class WrittenMessages {
  readonly #limit: number;
  readonly #byDeployment = new Map<string, Map<string, Written>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The message's id when exactly this text was written last. */
  idOf(deploymentId: string, place: Place, key: string, text: string): string | null {
    const written = this.#byDeployment.get(deploymentId)?.get(nameOf(place, key));
    return written?.text === text ? written.id : null;
  }

  remember(deploymentId: string, place: Place, key: string, text: string, id: string): void {
    const messages = this.#byDeployment.get(deploymentId) ?? new Map<string, Written>();
    messages.set(nameOf(place, key), { text, id });
    this.#byDeployment.set(deploymentId, messages);
    const [oldest] = this.#byDeployment.keys();
    if (this.#byDeployment.size > this.#limit && oldest !== undefined) this.#byDeployment.delete(oldest);
  }

  forget(deploymentId: string): void {
    this.#byDeployment.delete(deploymentId);
  }
}

function nameOf(place: Place, key: string): string {
  return JSON.stringify([place.platform, place.channel, key]);
}
