import { MESSAGE_LIMITS as LIMITS } from '../chat/limits.ts';
import { assertNever, type Button, type Element, type Message, type Tone } from '../chat/message.ts';
import { clip, clipStart, plainLine, plainText } from '../chat/plain-text.ts';
import { safeUrl } from '../chat/safe-url.ts';
import { usableOptions } from '../chat/usable-options.ts';

/**
 * The only way views make a message: whatever text came in, from people, engines or logs, leaves without control characters
 * and within the neutral limits. Elements without content disappear.
 */
export function composeMessage(summary: string, tone: Tone, elements: readonly (Element | null)[]): Message {
  const kept = elements.flatMap((element) => {
    const bounded = element === null ? null : bound(element);
    return bounded === null ? [] : [bounded];
  });
  return { summary: clip(plainLine(summary), LIMITS.summary), tone, elements: kept.slice(0, LIMITS.elements) };
}

export function header(text: string): Element {
  return { type: 'header', text };
}

export function strong(text: string): Element {
  return { type: 'text', text, style: 'strong' };
}

export function text(text: string): Element {
  return { type: 'text', text, style: 'normal' };
}

export function quiet(text: string): Element {
  return { type: 'text', text, style: 'quiet' };
}

/** Fields with a null value are left out. */
export function fields(pairs: readonly (readonly [label: string, value: string | null])[]): Element {
  return { type: 'fields', fields: pairs.flatMap(([label, value]) => (value === null ? [] : [{ label, value }])) };
}

function bound(element: Element): Element | null {
  switch (element.type) {
    case 'header':
      return { ...element, text: line(element.text, LIMITS.header) };
    case 'text': {
      const bounded = clip(plainText(element.text).trim(), LIMITS.text);
      return bounded === '' ? null : { ...element, text: bounded };
    }
    case 'fields': {
      const kept = element.fields.slice(0, LIMITS.fields);
      const bounded = kept.map((field) => ({ label: line(field.label, LIMITS.fieldLabel), value: line(field.value, LIMITS.fieldValue) }));
      return bounded.length === 0 ? null : { ...element, fields: bounded };
    }
    case 'steps':
      return element.steps.length === 0 ? null : { ...element, steps: element.steps.map(boundStep) };
    case 'progress':
      return { ...element, label: line(element.label, LIMITS.progressLabel), detail: line(element.detail, LIMITS.progressDetail) };
    case 'table':
      return boundTable(element);
    case 'code': {
      const bounded = clipStart(plainText(element.text).trimEnd(), LIMITS.code);
      return bounded === ''
        ? null
        : { ...element, text: bounded, title: element.title === null ? null : line(element.title, LIMITS.codeTitle) };
    }
    case 'changes':
      return boundChanges(element);
    case 'buttons': {
      const buttons = element.buttons.slice(0, LIMITS.buttons).map(boundButton);
      return buttons.length === 0 ? null : { ...element, buttons };
    }
    case 'link': {
      const url = safeUrl(element.url);
      return url === null || url.length > LIMITS.linkUrl ? null : { ...element, label: line(element.label, LIMITS.buttonLabel), url };
    }
    case 'select': {
      const limits = { options: LIMITS.selectOptions, value: LIMITS.selectValue };
      const options = usableOptions(element.options, limits).map(({ value, label }) => ({ value, label: line(label, LIMITS.selectLabel) }));
      return options.length === 0 ? null : { ...element, placeholder: line(element.placeholder, LIMITS.selectPlaceholder), options };
    }
    case 'time':
      return { ...element, label: line(element.label, LIMITS.fieldLabel) };
    case 'divider':
      return element;
    default:
      return assertNever(element);
  }
}

type Of<Type extends Element['type']> = Extract<Element, { type: Type }>;

function boundStep(step: Of<'steps'>['steps'][number]): Of<'steps'>['steps'][number] {
  return { ...step, label: line(step.label, LIMITS.stepLabel), detail: step.detail === null ? null : line(step.detail, LIMITS.stepDetail) };
}

function boundTable(table: Of<'table'>): Element | null {
  if (table.rows.length === 0) return null;
  const columns = table.columns.map((column) => line(column, LIMITS.tableColumn));
  const shown = table.rows.slice(0, LIMITS.tableRows).map((row) => columns.map((_, index) => line(row[index] ?? '', LIMITS.tableCell)));
  const more = table.rows.length - shown.length;
  return { ...table, columns, rows: more > 0 ? [...shown, [`… and ${more} more`, ...columns.slice(1).map(() => '')]] : shown };
}

function boundChanges(element: Of<'changes'>): Element | null {
  const value = (given: string | null) => (given === null ? null : line(given, LIMITS.changeValue));
  const shown = element.changes
    .slice(0, LIMITS.changes)
    .map((change) => ({ path: line(change.path, LIMITS.changePath), before: value(change.before), after: value(change.after) }));
  const more = element.changes.length - shown.length;
  const title = line(element.title, LIMITS.header);
  if (more > 0) shown.push({ path: `… and ${more} more`, before: null, after: null });
  return { ...element, title, changes: shown };
}

function boundButton(button: Button): Button {
  const { confirm } = button;
  return {
    ...button,
    label: line(button.label, LIMITS.buttonLabel),
    confirm:
      confirm === null
        ? null
        : {
            title: line(confirm.title, LIMITS.confirmTitle),
            text: line(confirm.text, LIMITS.confirmText),
            yes: line(confirm.yes, LIMITS.confirmChoice),
            no: line(confirm.no, LIMITS.confirmChoice),
          },
  };
}

function line(text: string, max: number): string {
  return clip(plainLine(text), max);
}
