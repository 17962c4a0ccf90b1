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
  /** Of which groups this person was a member when they were read last. */
  groupsOf(personId: string): Promise<readonly string[]>;
  /**
   * Ids of the people who, while they were in some group, asked for what has not started or for what somebody has to agree to yet, or
   * agreed to it. In one order: the first `limit` of those that come `after`.
   */
  spoken(page: { readonly after: string | null; readonly limit: number; readonly now: number }): Promise<readonly string[]>;
}
