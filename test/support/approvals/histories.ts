import type { ApprovalPolicy } from '../../../src/domain/approval-policy.ts';
import { type Guest, type Model, type Operation, perform, seen } from './approval-model.ts';
import { MINUTE, NAMES, type Name, policyOf } from './cast.ts';

/** What happens one after another; those of one step happen at once. */
export type History = { readonly policy: ApprovalPolicy; readonly steps: readonly (readonly Operation[])[] };

export const FACTORS: readonly Name[] = NAMES.filter((name) => name !== 'bob');
export const BOUND = { policyVersion: 'policy-1', image: 'first', definition: 'first' } as const;

const RULES = [
  [{ count: 1, from: ['owner', 'admin', 'security'] }],
  [{ count: 2, from: ['owner', 'admin', 'security'] }],
  [
    { count: 1, from: ['owner'] },
    { count: 1, from: ['security'] },
  ],
  [
    { count: 1, from: ['owner', 'security'] },
    { count: 1, from: ['security'] },
  ],
] as const;

/** Everything follows from the seed, whatever comes of it. */
export function historyOf(seed: number): History {
  const random = new Random(seed);
  const policy = policyOf(random.one(RULES), { secondFactor: random.chance(0.35), waitMs: random.chance(0.2) ? 10 * MINUTE : 0 });
  const operations = new Operations(random, policy);
  const steps: Operation[][] = [[operations.ask(random.one(['dana', 'dana', 'dana', 'olga', 'adam']))]];
  const length = 4 + random.below(5);
  while (steps.length < length) steps.push(random.chance(0.55) ? operations.atOnce() : [operations.any()]);
  // Whatever came of it, a worker comes by in the end.
  for (let request = 0; request < operations.asked; request += 1) steps.push([{ does: 'run', request }]);
  return { policy, steps };
}

class Operations {
  asked = 0;
  readonly #random: Random;
  readonly #policy: ApprovalPolicy;

  constructor(random: Random, policy: ApprovalPolicy) {
    this.#random = random;
    this.#policy = policy;
  }

  ask(by: Name): Operation {
    this.asked += 1;
    return { does: 'ask', by, delivery: `click-${this.asked}`, latestWins: this.asked > 1 && this.#random.chance(0.6) };
  }

  any(): Operation {
    const random = this.#random;
    return random.chance(0.12) && this.asked < 3
      ? this.ask(random.one(['dana', 'olga', 'vera']))
      : random.chance(0.35)
        ? this.#edit()
        : this.#act();
  }

  /**
   * Two to four at once. What is read in several looks and what changes it are not in one step: a plan, while somebody asks, and
   * who a guest is, with which groups, before what they want is looked at.
   */
  atOnce(): Operation[] {
    const random = this.#random;
    const count = 2 + random.below(3);
    const together: Operation[] = Array.from({ length: count }, () => this.#act());
    const other = random.below(4);
    if (other === 0) together.push(this.#edit());
    else if (other === 1) together.push(together[0] ?? this.#act());
    else if (other === 2 && this.asked < 3) {
      const asking = this.ask(random.one(['dana', 'olga']));
      together.push(asking, ...(random.chance(0.4) ? [asking] : []));
    }
    const moving = together.flatMap((one) => (one.does === 'leave' || one.does === 'return' || one.does === 'unlink' ? one.guest : []));
    return together.filter((one) => one.does !== 'finish' && !(one.does === 'vote' && moving.some((guest) => guest === one.by)));
  }

  /** By people and processes. */
  #act(): Operation {
    const random = this.#random;
    const request = random.below(this.asked);
    const kind = random.below(20);
    if (kind < 12) return this.#vote(request);
    if (kind < 13) return { does: 'withdraw', by: random.one(['dana', 'olga', 'vera', 'mallory']), request };
    if (kind < 15) return { does: 'tend', request, what: random.one(['due', 'sources']) };
    if (kind < 16) return { does: 'finish', request };
    return { does: 'run', request };
  }

  #vote(request: number): Operation {
    const random = this.#random;
    const by = random.one([...NAMES, 'adam', 'bob', 'sara', 'slackGuest'] as const);
    const decision = random.chance(0.08) ? 'reject' : 'approve';
    const isProven = this.#policy.secondFactor && random.chance(0.9);
    const step = !isProven ? null : random.chance(0.15) ? 'wrong' : 1 + random.below(6);
    return { does: 'vote', by, request, decision, step };
  }

  /** Of what is approved, of who may, of the time. */
  #edit(): Operation {
    const random = this.#random;
    const kind = random.below(10);
    if (kind < 3) return { does: 'wait', ms: random.one([1, MINUTE, 10 * MINUTE, 50 * MINUTE, 60 * MINUTE]) };
    if (kind < 5)
      return {
        does: 'change',
        what: random.one(['policyVersion', 'image', 'definition']),
        to: random.one(['first', 'second', 'policy-1']),
      };
    // Those who ask more often than others: what waits has to end by it.
    if (kind < 7) return { does: 'revoke', who: random.one([...NAMES, 'dana', 'dana', 'olga']) };
    if (kind < 8) return { does: 'restore', who: random.one(NAMES) };
    const guest = random.one<Guest>(['slackGuest', 'discordGuest']);
    if (kind < 9) return { does: random.one(['leave', 'leave', 'return', 'unlink']), guest };
    return {
      does: 'link',
      guest,
      to: random.one(['dana', 'olga', 'adam', 'sara', 'mallory']),
    };
  }
}

/**
 * Every state in which the model can be after these happened at once with these answers: one for each order that explains them, none
 * when no order does.
 */
export function explain(
  models: readonly Model[],
  operations: readonly Operation[],
  answers: readonly string[],
  observed: string,
): readonly Model[] {
  const found = new Map<string, Model>();
  // A worker that meets another one's lease goes away, and the reconciler sends it again.
  const isContended = operations.filter(({ does }) => does === 'run').length > 1;
  const go = (model: Model, left: readonly number[]): void => {
    if (left.length === 0) {
      if (seen(model) === observed) found.set(JSON.stringify(model), model);
      return;
    }
    for (const index of left) {
      const operation = operations[index];
      if (operation === undefined) continue;
      const rest = left.filter((other) => other !== index);
      const next = structuredClone(model);
      if (perform(next, operation) === answers[index]) go(next, rest);
      else if (operation.does === 'run' && isContended && answers[index] === 'nothing') go(model, rest);
    }
  };
  for (const model of models) go(model, [...operations.keys()]);
  return [...found.values()];
}

/** mulberry32: small, and the same everywhere. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  one<T>(all: readonly T[]): T {
    const one = all[this.below(all.length)];
    if (one === undefined) throw new Error('one of none');
    return one;
  }
}
