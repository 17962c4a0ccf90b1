import stringWidth from 'string-width';
import { assertNever, type Element } from '../../src/chat/message.ts';
import { clip, clipStart, plainLine, plainText } from '../../src/chat/plain-text.ts';
import { breakFences, escapeWithin, fenced } from './escape-markdown.ts';
import { type Block, labelled, linesBlock, marked } from './lines.ts';
import { stepsBlock } from './steps-block.ts';

type Of<Type extends Element['type']> = Extract<Element, { type: Type }>;
export type TextElement = Exclude<Element, Of<'buttons'> | Of<'select'> | Of<'link'> | Of<'divider'>>;

export function markdownBlock(element: TextElement): Block {
  switch (element.type) {
    case 'header':
      return (max) => marked('### ', plainLine(element.text), '', max);
    case 'text':
      return textBlock(element);
    case 'fields':
      return linesBlock(
        element.fields.map(
          ({ label, value }) =>
            (max) =>
              labelled(plainLine(label), plainLine(value), max),
        ),
      );
    case 'steps':
      return stepsBlock(element.steps);
    case 'progress':
      return (max) => progressLine(element, max);
    case 'table':
      return tableBlock(element);
    case 'code':
      return codeBlock(element);
    case 'changes':
      return changesBlock(element);
    case 'time':
      return (max) => timeLine(element, max);
    default:
      return assertNever(element);
  }
}

function textBlock({ text, style }: Of<'text'>): Block {
  const lines = plainText(text).trim();
  if (style === 'normal') return (max) => escapeWithin(lines, max);
  const [before, after] = style === 'strong' ? ['**', '**'] : ['-# ', ''];
  return linesBlock(lines.split('\n').map((line) => (max) => marked(before, line.trim(), after, max)));
}

const BAR = 12;

function progressLine({ label, value, total, detail }: Of<'progress'>, max: number): string {
  const share = total === null || total <= 0 ? 0 : Math.min(1, Math.max(0, value / total));
  const filled = Math.round(share * BAR);
  const bar = `\`${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}\``;
  const numbers = total === null ? String(value) : `${value}/${total}`;
  const head = `${bar} ${marked('**', clip(plainLine(label), 60), '**', 130)} ${numbers}`;
  const line = detail === '' ? head : `${head} · ${escapeWithin(plainLine(detail), Math.max(0, max - head.length - 3))}`;
  return line.length <= max ? line : head.slice(0, max);
}

function codeBlock({ text, title }: Of<'code'>): Block {
  const body = plainText(text).trimEnd();
  return (max) => {
    const heading = title === null ? '' : `${marked('**', plainLine(title), '**', Math.min(max, 200))}\n`;
    const room = max - heading.length - FENCE;
    if (room < 1) return escapeWithin(body, max);
    return `${heading}${fenced(withinFence(body, room))}`;
  };
}

/** The characters that {@link fenced} adds. */
const FENCE = 8;

/** The end of the text, because the newest lines matter; shortened until it fits with its broken backticks. */
function withinFence(text: string, max: number): string {
  let kept = clipStart(text, max);
  for (let room = max; breakFences(kept).length > max && room > 1; ) {
    room -= Math.max(1, Math.ceil((breakFences(kept).length - max) / 2));
    kept = clipStart(text, room);
  }
  return breakFences(kept).length > max ? '' : kept;
}

function changesBlock({ title, changes }: Of<'changes'>): Block {
  const lines = changes.map(({ path, before, after }) => {
    if (before === null && after === null) return `  ${path}`;
    if (before === null) return `+ ${path}: ${after}`;
    if (after === null) return `- ${path}: ${before}`;
    return `~ ${path}: ${before} → ${after}`;
  });
  return (max) => {
    const heading = marked('**', plainLine(title), '**', Math.min(max, 300));
    const room = max - heading.length - 1 - FENCE;
    if (lines.length === 0 || room < 1) return heading;
    return `${heading}\n${fenced(linesBlock(lines.map((line) => (width) => withinLine(plainLine(line), width)))(room))}`;
  };
}

function withinLine(text: string, max: number): string {
  let kept = clip(text, max);
  while (kept !== '' && breakFences(kept).length > max) kept = clip(text, kept.length - 2);
  // Every line alone, so that the count of broken backticks is known before the lines are joined.
  return breakFences(kept);
}

/** A line of a fenced block breaks at about this many columns in a narrow window; wider tables become lists. */
const TABLE_COLUMNS = 58;

function tableBlock({ columns, rows }: Of<'table'>): Block {
  const cells = [columns, ...rows].map((row) => columns.map((_, index) => breakFences(plainLine(row[index] ?? ''))));
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => stringWidth(row[index] ?? ''))));
  const isNarrow = widths.reduce((sum, width) => sum + width + 2, -2) <= TABLE_COLUMNS;
  if (!isNarrow) return linesBlock(rows.map((row) => listRow(columns, row)));
  const lines = cells.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell))))
      .join('  ')
      .trimEnd(),
  );
  return (max) => (max < FENCE + 20 ? '' : fenced(linesBlock(lines.map((line) => (width) => clip(line, width)))(max - FENCE)));
}

/** The first cell names the row, the others follow with their columns' names. */
function listRow(columns: readonly string[], row: readonly string[]): Block {
  const [first = '', ...more] = row.map(plainLine);
  const details = more.flatMap((cell, index) => {
    const column = plainLine(columns[index + 1] ?? '');
    return cell === '' ? [] : [column === '' ? cell : `${column} ${cell}`];
  });
  return (max) => labelled(first, details.join(' · '), max);
}

/** Discord writes it in the reader's own language and time zone. https://docs.discord.com/developers/reference#message-formatting-timestamp-styles */
function timeLine({ label, at }: Of<'time'>, max: number): string {
  const seconds = Math.floor(at / 1000);
  const isShowable = Number.isFinite(seconds) && Math.abs(seconds) <= LAST_SECOND;
  const shown = isShowable ? `<t:${seconds}:R>, <t:${seconds}:f>` : '?';
  return max < shown.length ? '' : `${marked('**', plainLine(label), '**', max - shown.length - 1)} ${shown}`.trimStart();
}

/** The range of dates that a client can show. */
const LAST_SECOND = 8_640_000_000_000;
