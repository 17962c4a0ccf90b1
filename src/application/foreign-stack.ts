import type { ObservedStack } from '../domain/observed.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';

/** Services of the stack that Shipmate did not make: no label of ours names a deployment. */
export function foreignServices(observed: Pick<ObservedStack, 'services'>): readonly string[] {
  return observed.services.filter((service) => service.owner === null).map((service) => service.service);
}

/** What somebody else made under the same name is theirs; it is neither changed nor removed. */
export function foreignStack(stack: string, services: readonly string[]): Refusal {
  return refusal(
    'foreign_stack',
    `The engine runs a stack ${stack} that Shipmate did not make (${services.join(', ')}).`,
    `Give the app another name, or remove that stack yourself: docker stack rm ${stack}.`,
  );
}
