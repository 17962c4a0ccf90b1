import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/**
 * Text in columns of a terminal: a letter may be two wide, a colour is none. A mark at its start is narrower or wider behind a space, with which it makes
 * one letter: the wider of the two counts.
 */
export function widthOf(text: string): number {
  return Math.max(stringWidth(text), stringWidth(` ${text}`) - 1);
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

/** Lines of at most `width`; words longer than that are broken, a single letter never is. Further lines start with `hanging`. */
export function wrap(text: string, width: number, hanging = ''): string[] {
  const room = Math.max(4, width - widthOf(hanging));
  return rows(text, room).map((line, index) => (index === 0 ? line : hanging + line.trimStart()));
}

/**
 * wrap-ansi measures with a string-width of its own, an older one that takes some letters (half a flag, an Arabic number sign, the Thai AM) for one column
 * narrower than they are: what came out too wide is broken again, earlier. No letter's two widths are more than twice apart.
 */
function rows(text: string, room: number, columns = room): string[] {
  const lines = wrapAnsi(text, columns, { hard: true, trim: false }).split('\n');
  const widest = lines.reduce((width, line) => Math.max(width, widthOf(line)), 0);
  if (widest <= room || columns <= room / 2) return lines;
  return rows(text, room, Math.floor((columns * room) / widest));
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
