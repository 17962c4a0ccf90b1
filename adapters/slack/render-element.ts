import type { KnownBlock, RichTextElement } from '@slack/types';
import { assertNever, type Step } from '../../src/chat/message.ts';
import { clip, clipStart, plainLine, plainText } from '../../src/chat/plain-text.ts';
import { SLACK_LIMITS } from './limits.ts';
import type { NumberedElement } from './number-buttons.ts';
import { renderButtons, renderLink } from './render-buttons.ts';
import { renderSelect } from './render-select.ts';
import { renderTable } from './render-table.ts';
import { preformatted, richText, section, span } from './rich-text.ts';
import { NOTHING, ownMarkup, plainLineObject, plainObject } from './text-objects.ts';

type Drawing = {
  /** Before the text of a header: how the whole message stands. */
  readonly mark: string;
  readonly budget: Budget;
};

/** Room for the signs and spaces that a line adds to a text. */
const SIGNS = 8;

/** What a message may still say altogether. */
export type Budget = { take(text: string, cut?: typeof clip): string };

export function createBudget(): Budget {
  let left: number = SLACK_LIMITS.allRichText;
  return {
    take(text, cut = clip) {
      const taken = cut(text, Math.max(2, Math.min(left, SLACK_LIMITS.richText - SIGNS)));
      left = Math.max(0, left - taken.length);
      return taken || NOTHING;
    },
  };
}

export function renderElement(element: NumberedElement, { mark, budget }: Drawing): KnownBlock[] {
  switch (element.type) {
    case 'header':
      return [{ type: 'header', text: plainLineObject(mark + element.text, SLACK_LIMITS.headerText) }];
    case 'text':
      return renderText(element, budget);
    case 'fields':
      return renderFields(element.fields, budget);
    case 'steps':
      return renderSteps(element.steps, budget);
    case 'progress':
      return renderProgress(element, budget);
    case 'table':
      return [richText(preformatted(budget.take(renderTable(element))))];
    case 'code':
      return renderCode(element, budget);
    case 'changes':
      return renderChanges(element, budget);
    case 'buttons':
      return renderButtons(element.buttons);
    case 'select':
      return renderSelect(element);
    case 'link':
      return renderLink(element);
    case 'time':
      return [{ type: 'context', elements: [plainLineObject(element.label, SLACK_LIMITS.contextText), ownMarkup(localTime(element.at))] }];
    case 'divider':
      return [{ type: 'divider' }];
    default:
      return assertNever(element);
  }
}

type Of<Type extends NumberedElement['type']> = Extract<NumberedElement, { type: Type }>;

function renderText({ text, style }: Of<'text'>, budget: Budget): KnownBlock[] {
  const plain = budget.take(plainText(text).trim());
  if (style === 'quiet') return [{ type: 'context', elements: [plainObject(plain, SLACK_LIMITS.contextText)] }];
  return [richText(section([style === 'strong' ? span(plain, { bold: true }) : span(plain)]))];
}

function renderFields(fields: Of<'fields'>['fields'], budget: Budget): KnownBlock[] {
  return lines(
    fields.map(({ label, value }) => [span(`${budget.take(plainLine(label))}  `, { bold: true }), span(budget.take(plainLine(value)))]),
  );
}

const STEP_MARKS: Readonly<Record<Step['state'], string>> = { waiting: '○', running: '▸', done: '✔', failed: '✘', skipped: '–' };

/** How long it took, for example. */
const SHORT_DETAIL = 12;
const STEPS_A_LINE = 3;

function isShort({ detail }: Step): boolean {
  return (detail ?? '').length <= SHORT_DETAIL;
}

/** Steps that say little share a line, so that a card stays short. */
function renderSteps(steps: readonly Step[], budget: Budget): KnownBlock[] {
  const rows: RichTextElement[][] = [];
  let inRow = STEPS_A_LINE;
  for (const step of steps) {
    const parts = stepParts(step, budget);
    const hasRoom = inRow < STEPS_A_LINE && isShort(step);
    if (hasRoom) rows.at(-1)?.push(span('     '), ...parts);
    else rows.push(parts);
    inRow = !isShort(step) ? STEPS_A_LINE : hasRoom ? inRow + 1 : 1;
  }
  return lines(rows);
}

function stepParts({ label, state, detail }: Step, budget: Budget): RichTextElement[] {
  const isIdle = state === 'waiting' || state === 'skipped';
  const name = `${STEP_MARKS[state]} ${budget.take(plainLine(label))}`;
  const parts = [isIdle ? span(name) : span(name, { bold: true })];
  return detail === null ? parts : [...parts, span(`  ${budget.take(plainLine(detail))}`)];
}

const BAR = 10;

function renderProgress({ label, value, total, detail }: Of<'progress'>, budget: Budget): KnownBlock[] {
  const share = total === null || total <= 0 || Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, value / total));
  const filled = Math.round(share * BAR);
  const bar = `${'▰'.repeat(filled)}${'▱'.repeat(BAR - filled)}`;
  const numbers = total === null ? String(value) : `${value}/${total}`;
  const end = `  ${numbers}  ${plainLine(detail)}`.trimEnd();
  return lines([[span(`${bar}  `), span(`${budget.take(plainLine(label))}`, { bold: true }), span(budget.take(end))]]);
}

function renderCode({ text, title }: Of<'code'>, budget: Budget): KnownBlock[] {
  const heading = title === null ? [] : [section([span(budget.take(plainLine(title)), { bold: true })])];
  // Of a log the end matters.
  return [richText(...heading, preformatted(budget.take(plainText(text), clipStart)))];
}

function renderChanges({ title, changes }: Of<'changes'>, budget: Budget): KnownBlock[] {
  const heading = section([span(budget.take(plainLine(title)), { bold: true })]);
  const body = changes.map(({ path, before, after }) => {
    const name = plainLine(path);
    if (before === null && after === null) return `  ${name}`;
    if (before === null) return `+ ${name}: ${plainLine(after ?? '')}`;
    if (after === null) return `- ${name}: ${plainLine(before)}`;
    return `~ ${name}: ${plainLine(before)} → ${plainLine(after)}`;
  });
  return [body.length === 0 ? richText(heading) : richText(heading, preformatted(budget.take(body.join('\n'))))];
}

/** One line each; Slack refuses a block without any. */
function lines(rows: readonly RichTextElement[][]): KnownBlock[] {
  if (rows.length === 0) return [];
  return [richText(section(rows.flatMap((parts, index) => (index === 0 ? parts : [span('\n'), ...parts]))))];
}

/**
 * Slack shows it in the time zone of who reads (https://docs.slack.dev/messaging/formatting-message-text#date-formatting);
 * the text after the bar is for programs that cannot.
 */
function localTime(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '?';
  const fallback = `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time_secs}|${fallback}>`;
}
