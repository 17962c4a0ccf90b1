import { assertNever, type Element, type Message, type Step, type Tone } from '../../src/chat/message.ts';
import { plainLine, plainText } from '../../src/chat/plain-text.ts';
import { safeUrl } from '../../src/chat/safe-url.ts';
import { padEnd, truncate, widthOf, wrap } from './layout.ts';
import { createPalette, type Palette } from './palette.ts';
import { renderTable } from './render-table.ts';

type RenderOptions = {
  /** Columns of the terminal. */
  readonly width: number;
  readonly hasColors: boolean;
  /** For times relative to now. */
  readonly now: number;
};

/**
 * A message as lines of a terminal, none but an address wider than it. Control characters are removed from every text here, whoever wrote
 * it: a terminal obeys them.
 */
export function renderMessage(message: Message, options: RenderOptions): string[] {
  const width = Math.max(20, options.width);
  const drawing: Drawing = { width, now: options.now, tone: message.tone, palette: createPalette(options.hasColors) };
  if (message.elements.length === 0) return wrap(plainLine(message.summary), width);
  return message.elements.flatMap((element) => renderElement(element, drawing));
}

type Drawing = { readonly width: number; readonly now: number; readonly tone: Tone; readonly palette: Palette };

const INDENT = '  ';

function renderElement(element: Element, drawing: Drawing): string[] {
  const { width, palette, tone } = drawing;
  switch (element.type) {
    case 'header':
      return wrap(palette.tone(tone, plainLine(element.text)), width);
    case 'text':
      return renderText(element, drawing);
    case 'fields':
      return renderFields(element.fields, drawing);
    case 'steps':
      return element.steps.flatMap((step) => renderStep(step, drawing));
    case 'progress':
      return renderProgress(element, drawing);
    case 'table':
      return renderTable(
        { ...element, columns: element.columns.map(plainLine), rows: element.rows.map((row) => row.map(plainLine)) },
        width,
        palette,
      );
    case 'code':
      return renderCode(element, drawing);
    case 'changes':
      return renderChanges(element, drawing);
    case 'buttons': {
      const labels = element.buttons.map((button) => `[ ${plainLine(button.label)} ]`);
      return labels.length === 0 ? [] : wrap(labels.join('  '), width).map((line) => palette.quiet(line));
    }
    case 'select':
      return renderSelect(element, drawing);
    case 'link': {
      const url = safeUrl(element.url);
      // On a line of its own and never broken, so that a terminal finds where it ends.
      return url === null ? [] : [...wrap(`${plainLine(element.label)}:`, width), url];
    }
    case 'time':
      return wrap(`${plainLine(element.label)} ${clockTime(element.at)} (${relative(element.at - drawing.now)})`, width).map(palette.quiet);
    case 'divider':
      return [palette.quiet('─'.repeat(Math.min(width, 60)))];
    default:
      return assertNever(element);
  }
}

/** What can be chosen, numbered; a terminal is typed in, so the label says what to type. */
function renderSelect({ placeholder, options }: Extract<Element, { type: 'select' }>, { width, palette }: Drawing): string[] {
  const column = String(options.length).length;
  return [
    ...wrap(`${plainLine(placeholder)}:`, width).map(palette.quiet),
    ...options.flatMap(({ label }, index) => {
      const [first = '', ...more] = wrap(plainLine(label), width - INDENT.length - column - 2);
      return [
        `${INDENT}${String(index + 1).padStart(column)}  ${first}`,
        ...more.map((line) => ' '.repeat(INDENT.length + column + 2) + line),
      ];
    }),
  ];
}

function renderText({ text, style }: Extract<Element, { type: 'text' }>, { width, palette, tone }: Drawing): string[] {
  const lines = plainText(text)
    .split('\n')
    .flatMap((line) => wrap(line, width));
  return style === 'strong' ? lines.map((line) => palette.tone(tone, line)) : style === 'quiet' ? lines.map(palette.quiet) : lines;
}

function renderFields(fields: Extract<Element, { type: 'fields' }>['fields'], { width, palette }: Drawing): string[] {
  const labels = fields.map((field) => truncate(plainLine(field.label), 18));
  const column = Math.max(0, ...labels.map(widthOf));
  return fields.flatMap((field, index) => {
    const [first = '', ...more] = wrap(plainLine(field.value), width - column - 2);
    return [`${palette.quiet(padEnd(labels[index] ?? '', column))}  ${first}`, ...more.map((line) => ' '.repeat(column + 2) + line)];
  });
}

const STEP_MARKS: Readonly<Record<Step['state'], readonly [mark: string, tone: Tone]>> = {
  waiting: ['·', 'neutral'],
  running: ['▸', 'progress'],
  done: ['✔', 'success'],
  failed: ['✘', 'danger'],
  skipped: ['–', 'neutral'],
};

function renderStep(step: Step, { width, palette }: Drawing): string[] {
  const [mark, tone] = STEP_MARKS[step.state];
  const isIdle = step.state === 'waiting' || step.state === 'skipped';
  const label = padEnd(truncate(plainLine(step.label), Math.min(24, width - 6)), 9);
  const detail = step.detail === null ? '' : truncate(plainLine(step.detail), width - widthOf(label) - 6);
  const text = `${label}  ${detail}`.trimEnd();
  return [`${INDENT}${isIdle ? palette.quiet(mark) : palette.tone(tone, mark)} ${isIdle ? palette.quiet(text) : text}`];
}

const BAR = 12;

function renderProgress({ label, value, total, detail }: Extract<Element, { type: 'progress' }>, { width, palette }: Drawing): string[] {
  const share = total === null || total <= 0 ? 0 : Math.min(1, Math.max(0, value / total));
  const filled = Math.round(share * BAR);
  const isFull = total !== null && total > 0 && value >= total;
  const bar = palette.tone(isFull ? 'success' : 'progress', '█'.repeat(filled)) + palette.quiet('░'.repeat(BAR - filled));
  const name = padEnd(truncate(plainLine(label), Math.max(6, Math.min(24, width - BAR - 20))), 10);
  const numbers = total === null ? String(value) : `${value}/${total}`;
  const room = Math.max(0, width - INDENT.length - widthOf(name) - BAR - widthOf(numbers) - 4);
  return [`${INDENT}${name} ${bar} ${numbers}  ${truncate(plainLine(detail), room)}`.trimEnd()];
}

function renderCode({ text, title }: Extract<Element, { type: 'code' }>, { width, palette }: Drawing): string[] {
  const body = plainText(text)
    .split('\n')
    .flatMap((line) => wrap(line, width - 2))
    .map((line) => `${palette.quiet('│')} ${line}`);
  return title === null ? body : [palette.quiet(truncate(plainLine(title), width)), ...body];
}

function renderChanges({ title, changes }: Extract<Element, { type: 'changes' }>, { width, palette }: Drawing): string[] {
  const lines = changes.flatMap(({ path, before, after }) => {
    const [mark, value] =
      before === null && after === null
        ? [' ', '']
        : before === null
          ? ['+', `: ${after ?? ''}`]
          : after === null
            ? ['-', `: ${before}`]
            : ['~', `: ${before} → ${after}`];
    return wrap(`${INDENT}${mark} ${plainLine(path + value)}`, width, '      ');
  });
  return [...wrap(palette.strong(plainLine(title)), width), ...lines];
}

function clockTime(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '?' : date.toLocaleTimeString('en-GB', { hour12: false });
}

function relative(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const size = seconds < 90 ? `${seconds} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
  return ms >= 0 ? `in ${size}` : `${size} ago`;
}
