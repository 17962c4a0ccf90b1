import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel';
import { type Spending, withoutOld } from '../../domain/delivery-budget.ts';
import type { Candidate, Usage } from '../../domain/delivery-choice.ts';
import type { DeliveryBudget, DeliveryResult, FindResult } from '../../ports/messenger.ts';
import type { DeliverySettings } from './parts.ts';

/** What one platform's requests use up, and which of its workspaces do not answer. */
export class PlatformUsage {
  readonly #budget: DeliveryBudget;
  readonly #settings: DeliverySettings;
  readonly #now: () => number;
  readonly #channelTurnAt = new Map<string, number>();
  readonly #channelShutUntil = new Map<string, number>();
  readonly #workspaceShutUntil = new Map<string, number>();
  readonly #edits: Map<string, readonly number[]>;
  readonly #underWay = new Set<Candidate>();
  readonly #breakers = new Map<string, CircuitBreakerPolicy>();

  constructor(budget: DeliveryBudget, settings: DeliverySettings, spending: Spending, now: () => number) {
    this.#budget = budget;
    this.#settings = settings;
    this.#now = now;
    this.#edits = new Map(Object.entries(spending.edits));
  }

  view(): Usage {
    const inFlight = new Map<string, number>();
    const busyChannels = new Set<string>();
    for (const candidate of this.#underWay) {
      inFlight.set(candidate.workspace, (inFlight.get(candidate.workspace) ?? 0) + 1);
      if (takesRoom(candidate)) busyChannels.add(candidate.channel);
    }
    const breakers = [...this.#breakers];
    return {
      channelTurnAt: this.#channelTurnAt,
      channelShutUntil: this.#channelShutUntil,
      workspaceShutUntil: this.#workspaceShutUntil,
      busyChannels,
      inFlight,
      triedOut: new Set(breakers.filter(([, breaker]) => breaker.state !== CircuitState.Closed).map(([workspace]) => workspace)),
      edits: this.#allEdits(),
    };
  }

  /** What whoever takes over has to know. */
  spending(): Spending {
    return { edits: Object.fromEntries([...this.#allEdits()].filter(([, edits]) => edits.length > 0)) };
  }

  /**
   * Makes a request and books it. Budgets count from its end: the platform counts it when it arrives, which is no later.
   * Null when the workspace does not answer these days and nothing was sent.
   */
  async make<T extends DeliveryResult | FindResult>(candidate: Candidate, request: () => Promise<T>): Promise<T | null> {
    this.#underWay.add(candidate);
    let result: T | null = null;
    try {
      result = await this.#breakerOf(candidate.workspace).execute(request);
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
    } finally {
      this.#underWay.delete(candidate);
      this.#book(candidate, result);
    }
    return result;
  }

  #book({ workspace, channel, operation, ...candidate }: Candidate, result: DeliveryResult | FindResult | null): void {
    const now = this.#now();
    const { perChannelMs } = this.#budget;
    if (operation === 'edit') this.#edits.set(workspace, [...withoutOld(this.#edits.get(workspace) ?? [], now), now]);
    if (perChannelMs !== null && takesRoom({ operation, ...candidate })) this.#setTurn(channel, now + perChannelMs, now);
    if (result?.kind === 'rate_limited') {
      const shut = result.scope === 'channel' ? this.#channelShutUntil : this.#workspaceShutUntil;
      shut.set(result.scope === 'channel' ? channel : workspace, now + result.retryAfterMs);
    }
  }

  #setTurn(channel: string, at: number, now: number): void {
    this.#channelTurnAt.set(channel, at);
    if (this.#channelTurnAt.size < FORGET_ABOVE) return;
    for (const map of [this.#channelTurnAt, this.#channelShutUntil]) {
      for (const [name, until] of map) if (until <= now) map.delete(name);
    }
  }

  #allEdits(): Map<string, readonly number[]> {
    const now = this.#now();
    const edits = new Map([...this.#edits].map(([workspace, times]) => [workspace, withoutOld(times, now)]));
    for (const { operation, workspace } of this.#underWay) {
      if (operation === 'edit') edits.set(workspace, [...(edits.get(workspace) ?? []), now]);
    }
    return edits;
  }

  #breakerOf(workspace: string): CircuitBreakerPolicy {
    const present = this.#breakers.get(workspace);
    if (present !== undefined) return present;
    const { breakAfter, breakMs } = this.#settings;
    const policy = handleWhenResult((result) => isFailure(result)).orWhen(() => true);
    const breaker = circuitBreaker(policy, { halfOpenAfter: breakMs, breaker: new ConsecutiveBreaker(breakAfter) });
    breaker.onBreak(() => this.#workspaceShutUntil.set(workspace, this.#now() + breakMs));
    this.#breakers.set(workspace, breaker);
    return breaker;
  }
}

const FORGET_ABOVE = 1_000;

/** Whether it takes a place among the messages of its channel. */
export function takesRoom({ operation, isPrivate }: Pick<Candidate, 'operation' | 'isPrivate'>): boolean {
  return operation !== 'look' && !isPrivate;
}

function isFailure(result: unknown): boolean {
  const kind = typeof result === 'object' && result !== null && 'kind' in result ? result.kind : null;
  return kind === 'unavailable' || kind === 'unknown';
}
