import type { Element } from '../../src/chat/message.ts';
import { padEnd, truncate, widthOf, wrap } from './layout.ts';
import type { Palette } from './palette.ts';

const GAP = '  ';
/** A column narrower than this says nothing any more. */
const NARROWEST = 6;
/** A cell that is longer than this in its column is cut. */
const CELL_LINES = 4;

/** Aligned columns; the widest ones give way and their cells go on below. Where even that does not truncate, a row is a list of its cells. */
export function renderTable(table: Extract<Element, { type: 'table' }>, width: number, palette: Palette): string[] {
  const natural = table.columns.map((column, index) => Math.max(widthOf(column), ...table.rows.map((row) => widthOf(row[index] ?? ''))));
  const widths = shrink(natural, width - GAP.length * (natural.length - 1));
  if (widths === null) return stacked(table, width, palette);
  const lines = (cells: readonly string[]): string[] => {
    const wrapped = widths.map((column, index) => wrap(cells[index] ?? '', column).slice(0, CELL_LINES));
    const height = Math.max(1, ...wrapped.map((cell) => cell.length));
    return Array.from({ length: height }, (_, row) =>
      widths
        .map((column, index) => padEnd(wrapped[index]?.[row] ?? '', column))
        .join(GAP)
        .trimEnd(),
    );
  };
  return [...lines(table.columns).map(palette.quiet), ...table.rows.flatMap(lines)];
}

function shrink(natural: readonly number[], room: number): readonly number[] | null {
  const widths = [...natural];
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return null;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function stacked(table: Extract<Element, { type: 'table' }>, width: number, palette: Palette): string[] {
  return table.rows.flatMap((row) => [
    ...table.columns.flatMap((column, index) => {
      const cell = row[index] ?? '';
      if (cell === '') return [];
      return [column === '' ? truncate(cell, width) : `${palette.quiet(truncate(column, 12))} ${truncate(cell, Math.max(8, width - 13))}`];
    }),
    '',
  ]);
}
