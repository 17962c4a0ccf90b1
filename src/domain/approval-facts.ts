import type { ApprovalRequest, Vote } from './approval.ts';
import type { ApprovalRule } from './approval-policy.ts';
import type { Person } from './deployment.ts';
import type { RiskFlag } from './risk.ts';
import type { CommitsBetween } from './source-commits.ts';

/** What a card shows of an approval: what is asked for, who has decided, what is missing, and what there is to know before one says yes. */
export type ApprovalFacts = {
  readonly request: ApprovalRequest;
  readonly votes: readonly Vote[];
  /** Empty once it is decided, as is the background. */
  readonly rules: readonly RuleFacts[];
  readonly background: ApprovalBackground;
};

export type RuleFacts = ApprovalRule & {
  /** How many have agreed for it, as things are now. */
  readonly filled: number;
  /** Who could still agree, by name. */
  readonly open: readonly Person[];
  /** People count, too, who are known by their platform's group only. */
  readonly hasPlatformGroup: boolean;
};

export type ApprovalBackground = {
  /** Source commits of what runs and of what would, where they are known and differ. */
  readonly commits: CommitRange | null;
  /** How another environment did with this very release; null when none has run it. */
  readonly trial: Trial | null;
  /** What a rollback afterwards would lead to. */
  readonly wayBack: { readonly version: string; readonly revision: number } | null;
  readonly risks: readonly RiskFlag[];
};

export type CommitRange = {
  readonly from: string;
  readonly to: string;
  /** Where people can read them. */
  readonly url: string | null;
  /** What lies between them; null when nobody could be asked, or has not answered yet. */
  readonly between: CommitsBetween | null;
};

export type Trial = {
  readonly environment: string;
  readonly since: number;
  /** Null: it runs there now. */
  readonly until: number | null;
  readonly wasRolledBack: boolean;
};
