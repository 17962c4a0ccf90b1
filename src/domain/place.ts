/** A channel of a chat platform where messages stand. `channel` is the platform's own address of it. */
export type Place = { readonly platform: string; readonly channel: string };

/** Channels without a platform's name are the browser chat's. */
const BROWSER = 'web';

/** What a channel's address looks like on the platforms that have one of their own, and an example for people. */
const ADDRESSES: Readonly<Record<string, { readonly pattern: RegExp; readonly example: string }>> = {
  // A team or enterprise id and a conversation id: https://docs.slack.dev/reference/objects/conversation-object
  slack: { pattern: /^[TE][A-Z0-9]{2,20}\/[CDG][A-Z0-9]{2,20}$/, example: 'slack:T0123ABCD/C0456EFGH' },
  // A snowflake: https://docs.discord.com/developers/reference#snowflakes
  discord: { pattern: /^\d{17,20}$/, example: 'discord:1180000000000000000' },
};

/** The direct conversation with one account, as its adapter writes it: `slack:T…/U…`, `discord:@…`. */
const PERSONAL: Readonly<Record<string, RegExp>> = { slack: /^[TE][A-Z0-9]+\/[UW][A-Z0-9]+$/, discord: /^@\d+$/ };

/** Is it one person's own conversation with us? Then it shows what that person may see now. */
export function isPersonal({ platform, channel }: Place): boolean {
  return Object.hasOwn(PERSONAL, platform) && PERSONAL[platform]?.test(channel) === true;
}

/** Where one account of a platform is written to alone: Slack takes its id where it takes a channel's, Discord's adapter opens the conversation for `@<account>`. */
export function personalPlace(platform: string, account: string): Place {
  return { platform, channel: platform === 'discord' ? `@${account}` : account };
}

/** A channel of the browser chat. */
export function browserPlace(channel: string): Place {
  return { platform: BROWSER, channel };
}

export const PLACE_EXAMPLES: readonly string[] = Object.values(ADDRESSES).map(({ example }) => example);

/** `deploys` (browser chat), `slack:T…/C…`, `discord:…`; null when it is none of these. */
export function parsePlace(text: string): Place | null {
  const [platform = '', ...rest] = text.split(':');
  if (rest.length === 0) return { platform: BROWSER, channel: text };
  const channel = rest.join(':');
  return Object.hasOwn(ADDRESSES, platform) && ADDRESSES[platform]?.pattern.test(channel) === true ? { platform, channel } : null;
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.platform === b.platform && a.channel === b.channel;
}

/** Each place once, in the order of their first mention. */
export function distinctPlaces(places: readonly Place[]): readonly Place[] {
  return places.filter((place, index) => places.findIndex((other) => isSamePlace(other, place)) === index);
}
