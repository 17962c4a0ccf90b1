import type { LinkedRecord } from './audit-chain.ts';
import { canonicalText } from './exact-json.ts';

const COLUMNS = ['seq', 'at', 'actor', 'action', 'subject', 'source', 'result', 'details', 'id', 'linkedAt', 'previous', 'hash'] as const;

/** The first line; lines end as RFC 4180 has it. */
export const CSV_HEADER = line(COLUMNS);

/** For spreadsheets. Times are ISO 8601 in UTC. Not made to be verified: that is what the JSON lines are for. */
export function csvLine(record: LinkedRecord): string {
  const { at, linkedAt, details } = record;
  const shown = { ...record, at: timeText(at), linkedAt: timeText(linkedAt), details: canonicalText(details) };
  return line(COLUMNS.map((column) => String(shown[column])));
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/**
 * A cell that begins like a formula would be run by a spreadsheet; with a quote before it, it is shown. What begins one is listed
 * at https://owasp.org/www-community/attacks/CSV_Injection.
 */
function cell(text: string): string {
  const shown = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return `"${shown.replaceAll('"', '""')}"`;
}

function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}
