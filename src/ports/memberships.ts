/** Asks a chat platform who is in its groups. */
export interface Memberships {
  readonly platform: string;
  /** The groups, as roles name them, that this account is in now; null when the platform does not say. Never throws. */
  groupsOf(account: string): Promise<readonly string[] | null>;
  /** The accounts that are in this group now; null when the platform does not say, or lets nobody ask. Never throws. */
  membersOf(group: string): Promise<readonly string[] | null>;
}
