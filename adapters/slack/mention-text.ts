/**
 * The command in what somebody wrote, or null when it is none: `@shipmate deploy shop staging` in a channel, anything in a
 * direct message. A mention in the middle of a sentence is talk about us and not to us. Slack writes messages with references in
 * angle brackets and three characters escaped (https://docs.slack.dev/messaging/formatting-message-text#parsing-references); a
 * command is what the person typed, and one line.
 */
export function mentionText(text: string, botUser: string | null, isDirect: boolean): string | null {
  const mention = new RegExp(`^\\s*<@${botUser ?? '[A-Z0-9]{1,32}'}(?:\\|[^<>]*)?>[:,]?\\s*`);
  if (!isDirect && !mention.test(text)) return null;
  const [line = ''] = text.replace(mention, '').trim().split('\n');
  return withoutEscapes(line.replace(REFERENCE, shown)).trim();
}

const REFERENCE = /<([^<>]*)>/g;

/** Addresses and channels become links by themselves; people and groups stay references. */
function shown(reference: string, content: string): string {
  const [target = '', label] = content.split('|', 2);
  if (target.startsWith('@') || target.startsWith('!')) return reference;
  if (target.startsWith('#')) return label === undefined ? reference : `#${label}`;
  return label ?? target;
}

function withoutEscapes(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
