import stringWidth from 'string-width';
import { clip, plainLine } from '../../src/chat/plain-text.ts';
import { SLACK_LIMITS } from './limits.ts';

type Table = { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** Characters of a line that a phone still shows whole once turned; beyond it every row becomes a few lines. */
const WIDEST = 90;

/** Columns in line, for a fixed-width block. Whole rows only: what does not fit is counted. */
export function renderTable({ columns, rows }: Table): string {
  const head = columns.map(plainLine);
  const body = rows.map((row) => head.map((_, index) => plainLine(row[index] ?? '')));
  const widths = head.map((name, index) => Math.max(stringWidth(name), ...body.map((row) => stringWidth(row[index] ?? ''))));
  const isWide = widths.reduce((sum, width) => sum + width + 2, 0) > WIDEST;
  if (isWide) {
    const list = body.map((row) => row.map((cell, index) => `${index === 0 ? '' : '  '}${head[index] ?? ''}: ${cell}`).join('\n'));
    return keepWhole([], list);
  }
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => pad(cell, widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return keepWhole([line(head), widths.map((width) => '─'.repeat(width)).join('  ')], body.map(line));
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function keepWhole(head: readonly string[], rows: readonly string[]): string {
  const room = SLACK_LIMITS.richText - 40;
  const kept: string[] = [];
  let used = head.join('\n').length;
  for (const row of rows) {
    used += row.length + 1;
    if (used > room) break;
    kept.push(row);
  }
  const missing = rows.length - kept.length;
  const end = missing === 0 ? [] : [`… and ${missing} more`];
  return clip([...head, ...kept, ...end].join('\n'), SLACK_LIMITS.richText);
}
