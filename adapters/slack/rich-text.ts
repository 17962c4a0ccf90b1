import type { RichTextBlock, RichTextElement, RichTextPreformatted, RichTextSection } from '@slack/types';

/**
 * Rich text says by structure what is bold or code, and shows every text as it is: nothing in it is interpreted
 * (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). So people's text goes here wherever a layout is wanted.
 */
export function richText(...elements: readonly (RichTextSection | RichTextPreformatted)[]): RichTextBlock {
  return { type: 'rich_text', elements: [...elements] };
}

export function section(parts: readonly RichTextElement[]): RichTextSection {
  return { type: 'rich_text_section', elements: [...parts] };
}

export function preformatted(text: string): RichTextPreformatted {
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text }], border: 0 };
}

export function span(text: string, style: { bold?: true; italic?: true; code?: true } = {}): RichTextElement {
  return Object.keys(style).length === 0 ? { type: 'text', text } : { type: 'text', text, style };
}
