import { clip } from '../../src/chat/plain-text.ts';
import { escapeWithin } from './escape-markdown.ts';

/** An element as text of at most `max` characters; asked again with less room when the whole message is too long. */
export type Block = (max: number) => string;

/** Marks around escaped text; nothing at all when there is no room or no text (`****` would show). */
export function marked(before: string, text: string, after: string, max: number): string {
  const escaped = escapeWithin(text, max - before.length - after.length);
  return escaped === '' ? '' : `${before}${escaped}${after}`;
}

/** `**Label** value`; either may be empty. */
export function labelled(label: string, value: string, max: number): string {
  const name = marked('**', clip(label, 60), '** ', Math.min(max, 130));
  return `${name}${escapeWithin(value, max - name.length)}`.trimEnd();
}

/** As many lines as fit; the rest is counted. */
export function linesBlock(lines: readonly Block[]): Block {
  return (max) => {
    const kept: string[] = [];
    let room = max;
    for (const [index, line] of lines.entries()) {
      const more = `… and ${lines.length - index} more`;
      const isLast = index === lines.length - 1;
      const text = line(Math.min(room, LONGEST_LINE));
      if (text.length + (isLast ? 0 : more.length + 1) > room) {
        if (more.length <= room) kept.push(more);
        break;
      }
      kept.push(text);
      room -= text.length + 1;
    }
    return kept.filter((line) => line !== '').join('\n');
  };
}

const LONGEST_LINE = 1600;
