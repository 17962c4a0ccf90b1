import type { ApprovalRequest, ApprovalState, Vote } from '../domain/approval.ts';
import type { BrokenGlass } from '../domain/broken-glass.ts';

/** What people were asked to approve, and how they voted. A request and its deployment are written in one transaction. */
export interface ApprovalStore {
  insert(request: ApprovalRequest): Promise<void>;
  find(id: string): Promise<ApprovalRequest | null>;
  findByDeployment(deploymentId: string): Promise<ApprovalRequest | null>;
  /** The request as it is now; from here to the end of the transaction nobody else decides about it. */
  lock(id: string): Promise<ApprovalRequest | null>;
  /** A person's vote; a second one of the same kind changes nothing. */
  vote(requestId: string, vote: Vote): Promise<void>;
  /** The same in place of their earlier one. */
  renewVote(requestId: string, vote: Vote): Promise<void>;
  /** In the order in which they were cast. */
  votesOf(requestId: string): Promise<readonly Vote[]>;
  /** Moves it on when it is still in `from`; false when it is not. */
  close(id: string, from: ApprovalState, to: ApprovalState, closed: NonNullable<ApprovalRequest['closed']>): Promise<boolean>;
  /** Open or approved, in the order of their ids, after this one: what has to be looked at now and then. */
  live(afterId: string, limit: number): Promise<readonly ApprovalRequest[]>;
  /** Open or approved ones that are over by now, or whose waiting time is. */
  due(nowMs: number, limit: number): Promise<readonly ApprovalRequest[]>;
  /** Open ones of these apps, the oldest first. */
  openOf(apps: readonly string[], limit: number): Promise<readonly ApprovalRequest[]>;
  /** Open ones whose reminder or escalation is due by their own policy, and has not gone out. */
  toNudge(nowMs: number, limit: number): Promise<readonly ApprovalRequest[]>;
  /** True for one caller only: whoever gets it tells people. */
  noteReminded(id: string, atMs: number): Promise<boolean>;
  noteEscalated(id: string, atMs: number): Promise<boolean>;
}

/** Deployments that went past their approvals, and who has looked at them. */
export interface BrokenGlassStore {
  insert(broken: BrokenGlass): Promise<void>;
  find(deploymentId: string): Promise<BrokenGlass | null>;
  /** Nobody has signed these off yet; the oldest first. */
  open(apps: readonly string[]): Promise<readonly BrokenGlass[]>;
  /** False when somebody has already. */
  signOff(deploymentId: string, signedOff: NonNullable<BrokenGlass['signedOff']>): Promise<boolean>;
}
