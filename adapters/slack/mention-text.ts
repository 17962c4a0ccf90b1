/**
 * The command in a message that mentions us. Slack writes messages with references in angle brackets and three characters
 * escaped (https://docs.slack.dev/messaging/formatting-message-text#parsing-references); a command is what the person typed.
 */
export function mentionText(text: string, botUser: string | null): string {
  return withoutEscapes(afterMention(text, botUser).replace(REFERENCE, shown))
    .trim()
    .replace(/^[:,]\s*/, '');
}

const REFERENCE = /<([^<>]*)>/g;
const ANY_MENTION = /<@[A-Z0-9]{1,32}(?:\|[^<>]*)?>/;

/** "Could you <@U1> deploy shop" means what comes after the mention. */
function afterMention(text: string, botUser: string | null): string {
  const own = botUser === null ? null : new RegExp(`<@${botUser}(?:\\|[^<>]*)?>`).exec(text);
  const mention = own ?? ANY_MENTION.exec(text);
  return mention === null ? text : text.slice(mention.index + mention[0].length);
}

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
