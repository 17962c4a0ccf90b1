import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Text in columns of a terminal: a letter may be two wide, a colour is none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Cut to a width, with an ellipsis in the last column. Only for text without colours. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  let kept = '';
  let used = 0;
  for (const { segment } of SEGMENTER.segment(text)) {
    const next = widthOf(segment);
    if (used + next > width - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…`;
}

/** Lines of at most `width`; words longer than that are broken. Further lines start with `hanging`. */
export function wrap(text: string, width: number, hanging = ''): string[] {
  const room = Math.max(4, width - widthOf(hanging));
  const lines = wrapAnsi(text, room, { hard: true, trim: false }).split('\n');
  return lines.map((line, index) => (index === 0 ? line : hanging + line.trimStart()));
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
