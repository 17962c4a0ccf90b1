import type { Message } from '../chat/message.ts';
import type { Plan } from '../domain/plan.ts';
import { composeMessage, header, quiet, strong } from './compose-message.ts';
import { isEmptyPlan, planElements, planSummary } from './plan-elements.ts';

export type PlanFacts = {
  readonly plan: Plan;
  readonly planHash: string;
  readonly currentVersion: string | null;
  readonly warnings: readonly string[];
};

/** What a deployment would do, or (with `asked`) what one was asked to do. */
export function planView(facts: PlanFacts, tense: 'would' | 'asked' = 'would'): Message {
  const { plan, currentVersion } = facts;
  const move = currentVersion === null || currentVersion === plan.version ? plan.version : `${currentVersion} → ${plan.version}`;
  const title = `Plan: ${plan.app} → ${plan.environment} ${move}`;
  const line = isEmptyPlan(plan) ? `Nothing changes: ${plan.environment} already runs exactly this.` : `${planSummary(plan)}.`;
  return composeMessage(`${title}: ${line}`, 'neutral', [
    header(title),
    strong(line),
    ...planElements(plan, facts.warnings),
    quiet(
      tense === 'would'
        ? `Nothing was done. To do it: /deploy ${plan.app} ${plan.environment} ${plan.version} · plan ${facts.planHash.slice(0, 12)}`
        : `plan ${facts.planHash.slice(0, 12)}`,
    ),
  ]);
}
