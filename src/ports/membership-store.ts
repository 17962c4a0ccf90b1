import type { MembershipReading } from '../domain/membership.ts';

/** What chat platforms said last about the groups that accounts are in, for processes that cannot ask them. */
export interface MembershipStore {
  /** In place of what was said before about this account; what is older than that changes nothing. */
  save(reading: MembershipReading): Promise<void>;
  /** Those of these accounts of which something was said. */
  of(accounts: readonly { readonly platform: string; readonly account: string }[]): Promise<readonly MembershipReading[]>;
  /** Who was in a group when it was read last, by their ids as people. */
  saveMembers(group: string, people: readonly string[], readAt: number): Promise<void>;
  /** Everybody in any of these groups, each once. */
  membersOf(groups: readonly string[]): Promise<readonly string[]>;
  /** Ids of the people who asked for what has not started yet, or agreed to it, while they were in some group. */
  spoken(limit: number): Promise<readonly string[]>;
}
