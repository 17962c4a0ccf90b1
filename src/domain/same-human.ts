/** Somebody as their accounts show them. */
export type Party = {
  readonly id: string;
  /** Listed in `shipmate.yml`: whoever keeps the file vouches that two ids are two humans. */
  readonly isListed: boolean;
  readonly accounts: readonly { readonly platform: string; readonly account: string }[];
};

/**
 * May these two be one human? Only what is proved counts: two people of `shipmate.yml` are two, and so are two accounts in one
 * Slack workspace or on Discord. An account that is linked to nobody may be anybody who has no account there.
 */
export function mayBeSameHuman(a: Party, b: Party): boolean {
  if (a.id === b.id) return true;
  const isShared = a.accounts.some((one) => b.accounts.some((other) => one.platform === other.platform && one.account === other.account));
  if (isShared) return true;
  if (a.isListed && b.isListed) return false;
  const realms = new Set(a.accounts.map(realmOf));
  return !b.accounts.some((account) => realms.has(realmOf(account)));
}

/** Where one human has one account: a workspace of Slack (`T…/U…`), all of Discord. */
function realmOf({ platform, account }: Party['accounts'][number]): string {
  const [workspace, user] = account.split('/');
  return user === undefined ? platform : `${platform}:${workspace ?? ''}`;
}
