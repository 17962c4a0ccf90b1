import { clip } from '../../src/chat/plain-text.ts';

/**
 * Text from people as Discord shows it character by character. Discord lets a backslash stand before any punctuation
 * (https://support.discord.com/hc/en-us/articles/210298617), so everything that could begin or end something is escaped:
 * emphasis, code, spoilers, masked links, mentions of people, roles, channels and commands, `<t:…>`, custom emoji, `@everyone`,
 * `:emoji:` and addresses (their `:`), and at the start of a line headings, quotes, lists and small print.
 */
const ANYWHERE = /[\\*_~`|<>@[\]]|:(?=\S)/g;
const LINE_START = /^(\s*)(#|-|\+|\d+(?=[.)]))/gm;

export function escapeMarkdown(text: string): string {
  return text.replace(ANYWHERE, '\\$&').replace(LINE_START, (_all, space: string, mark: string) => {
    // A backslash before a digit shows; the dot behind the number is what makes it a list.
    return /^\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`;
  });
}

/** Escaped and at most `max` characters long, cut before escaping, so that no backslash is left alone. */
export function escapeWithin(text: string, max: number): string {
  let kept = clip(text, max);
  let escaped = escapeMarkdown(kept);
  while (escaped.length > max) {
    const excess = escaped.length - max;
    const next = kept.replace(/…$/u, '').length - Math.max(1, Math.floor(excess / 2));
    if (next < 1) return '';
    kept = clip(text, next);
    escaped = escapeMarkdown(kept);
  }
  return escaped;
}

/**
 * Text inside a fenced block, where nothing can be escaped: two backticks that stand together get a zero-width space between
 * them, so that the text cannot close its fence. Nobody sees a difference.
 */
export function fenced(text: string): string {
  return `\`\`\`\n${breakFences(text)}\n\`\`\``;
}

export function breakFences(text: string): string {
  return text.replace(/`(?=`)/g, '`\u200B').replace(/`$/, '`\u200B');
}
