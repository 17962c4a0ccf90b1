import type { Message } from '../../../../src/chat/message.ts';
import type { Json } from '../../../../src/domain/json.ts';

/** What a stored message says: people write text, the bot a neutral message. */
export type Content = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'card'; readonly message: Message };

export function readContent(content: Json): Content {
  if (isCard(content)) return { kind: 'card', message: content };
  if (typeof content === 'object' && content !== null && 'text' in content) return { kind: 'text', text: String(content['text'] ?? '') };
  return { kind: 'text', text: typeof content === 'string' ? content : '' };
}

function isCard(content: unknown): content is Message {
  return typeof content === 'object' && content !== null && 'elements' in content && Array.isArray(content.elements);
}

/** Web addresses in what people wrote, as links; everything else as it stands. */
export function linkified(text: string): readonly { readonly text: string; readonly href: string | null }[] {
  const parts: { text: string; href: string | null }[] = [];
  let end = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: null });
    parts.push({ text: match[0], href: URL.canParse(match[0]) ? match[0] : null });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null });
  return parts;
}
