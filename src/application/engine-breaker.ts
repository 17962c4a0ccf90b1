import { type BreakerRule, describeOutage } from '../domain/breaker.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import type { Breaker, Breakers } from '../ports/breakers.ts';
import { EngineRestingError, EngineUnavailableError } from '../ports/faults.ts';
import type { ImageResolver } from '../ports/image-resolver.ts';
import type { Orchestrator } from '../ports/orchestrator.ts';
import type { Parts } from './parts.ts';

export const ENGINE = 'engine';

/** A daemon that restarts is back within seconds; one that is gone is asked twice a minute. */
const RULE: BreakerRule = { failures: 5, restsMs: [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] };

/** Tried by a question that needs the swarm and changes nothing, never by somebody's write. */
export function engineBreaker(breakers: Breakers, engine: Pick<Orchestrator, 'stacks'>): Breaker {
  return breakers.of(ENGINE, {
    rule: RULE,
    isFailure: (error) => error instanceof EngineUnavailableError,
    refused: (open) => new EngineRestingError(open),
    probe: () => engine.stacks(),
  });
}

/**
 * The engine behind its breaker. Capabilities are kept once they are known, so that an answer says nothing about the engine
 * now; watching connects again by itself, with waits of its own.
 */
export function guardOrchestrator(engine: Orchestrator, breaker: Breaker): Orchestrator {
  return {
    capabilities: () => engine.capabilities(),
    adapt: (spec) => engine.adapt(spec),
    watch: (stack, tickMs, onChange, signal) => engine.watch(stack, tickMs, onChange, signal),
    observe: (stack, options) => breaker.run(() => engine.observe(stack, options)),
    ensureNetworks: (spec, guard) => breaker.run(() => engine.ensureNetworks(spec, guard)),
    ensureFileObjects: (spec, content, guard) => breaker.run(() => engine.ensureFileObjects(spec, content, guard)),
    apply: (spec, service, guard) => breaker.run(() => engine.apply(spec, service, guard)),
    restore: (stack, service, previous, guard) => breaker.run(() => engine.restore(stack, service, previous, guard)),
    claim: (stack, services, guard) => breaker.run(() => engine.claim(stack, services, guard)),
    removeService: (stack, service, guard) => breaker.run(() => engine.removeService(stack, service, guard)),
    removeObjects: (stack, kind, names, guard) => breaker.run(() => engine.removeObjects(stack, kind, names, guard)),
    removeStack: (stack, options) => breaker.run(() => engine.removeStack(stack, options)),
    runOnce: (spec, run, guard, signal) => breaker.run(() => engine.runOnce(spec, run, guard, signal)),
    logs: (stack, options) => breaker.run(() => engine.logs(stack, options)),
    stacks: () => breaker.run(() => engine.stacks()),
  };
}

/** Images are asked for through the engine. */
export function guardImages(images: ImageResolver, breaker: Breaker): ImageResolver {
  return {
    resolve: (reference) => breaker.run(() => images.resolve(reference)),
    tags: (reference) => breaker.run(() => images.tags(reference)),
  };
}

/** What needs the engine is refused at once while it is left alone, with when it is tried again. */
export async function unlessResting<T>({ clock }: Pick<Parts, 'clock'>, work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof EngineRestingError)) throw fault;
    const hint = 'Nothing was changed. Ask again then; /doctor says how it stands.';
    return refusal('unavailable', `The engine ${describeOutage(fault.open, clock.now())}.`, hint);
  }
}
