/** What a person typed: a command for Shipmate, or something for the others to read. */
export type TypedText = { readonly kind: 'command'; readonly text: string } | { readonly kind: 'say'; readonly text: string };

const MENTION = /^@shipmate(?:[\s:,]+|$)/i;

/** A leading slash or `@shipmate` makes a command; a bare mention asks for help. */
export function readTypedText(typed: string): TypedText {
  const text = typed.trim();
  if (text.startsWith('/')) return { kind: 'command', text };
  const mention = MENTION.exec(text);
  if (mention === null) return { kind: 'say', text };
  const command = text.slice(mention[0].length).trim();
  return { kind: 'command', text: command === '' ? '/help' : command };
}
