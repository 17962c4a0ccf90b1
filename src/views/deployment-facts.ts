import type { ApprovalFacts } from '../domain/approval-facts.ts';
import type { OpenBreaker } from '../domain/breaker.ts';
import type { BrokenGlass } from '../domain/broken-glass.ts';
import type { Deployment, ServiceProgress, StageReport } from '../domain/deployment.ts';

/** What the card and its thread are made from: everything that is known of one deployment. */
export type DeploymentFacts = {
  readonly deployment: Deployment;
  readonly progress: readonly ServiceProgress[];
  readonly stages: readonly StageReport[];
  /** 0 runs now or is over; 1 is next. */
  readonly position: number;
  readonly waitsFor: Deployment | null;
  readonly etaAt: number | null;
  /** Where the Roll back button leads; null when there is none. */
  readonly rollbackTarget: { readonly version: string; readonly revision: number } | null;
  /** False once another deployment of the environment has started after this one. */
  readonly isNewest: boolean;
  /** What an open deployment waits for, because it does not answer. */
  readonly outage: OpenBreaker | null;
  /** What people were asked; null when nobody had to be. */
  readonly approval: ApprovalFacts | null;
  /** Set when it went past its approvals: why, and who has looked at it since. */
  readonly brokenGlass: Pick<BrokenGlass, 'by' | 'reason' | 'signedOff'> | null;
};

/** How long it ran; null before it is over or when it never began. */
export function tookMs(deployment: Deployment): number | null {
  const { startedAt, finishedAt } = deployment;
  return startedAt === null || finishedAt === null ? null : Math.max(0, finishedAt - startedAt);
}
