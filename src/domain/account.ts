/**
 * What an account id of a chat platform looks like in `shipmate.yml`. Slack's user ids are unique within a workspace only, so
 * they carry it (https://docs.slack.dev/reference/objects/user-object); Discord's are snowflakes.
 */
const ACCOUNTS: Readonly<Record<string, { readonly pattern: RegExp; readonly example: string }>> = {
  slack: { pattern: /^[TE][A-Z0-9]{2,20}\/[UW][A-Z0-9]{2,20}$/, example: 'T0123ABCD/U0456EFGH' },
  discord: { pattern: /^\d{17,20}$/, example: '1180000000000000000' },
};

/** Null when it may be an account id of this platform; otherwise how one is written. Platforms we know nothing of accept anything. */
export function accountProblem(platform: string, account: string): string | null {
  const known = Object.hasOwn(ACCOUNTS, platform) ? ACCOUNTS[platform] : undefined;
  return known === undefined || known.pattern.test(account) ? null : known.example;
}

/** A group of a platform, as roles name it. */
const GROUP = /^(?:slack-group:S[A-Z0-9]{2,20}|discord-role:\d{17,20})$/;
export const GROUP_EXAMPLES = ['slack-group:S0123ABCD', 'discord-role:1180000000000000000'] as const;

export function isGroup(text: string): boolean {
  return GROUP.test(text);
}

/** The platform that a name of a group comes from; null for what is no platform's group. */
export function platformOfGroup(group: string): string | null {
  if (group.startsWith('slack-group:')) return 'slack';
  return group.startsWith('discord-role:') ? 'discord' : null;
}

/** The person that an account is as long as it is linked to nobody: without rights, except by its groups. */
export function strangerId(platform: string, account: string): string {
  return `${platform}:${account}`;
}
