import type { Element, Message } from '../chat/message.ts';
import type { Freeze, Length, Recurring, Schedule } from '../domain/freeze-window.ts';
import { capitalized, scopeName } from '../domain/scope.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { names, sentence, shortId } from './wording.ts';

type Listed = {
  readonly freezes: readonly { readonly freeze: Freeze; readonly isHolding: boolean; readonly at: number | null }[];
  readonly windows: readonly {
    readonly environment: string;
    readonly windows: readonly Recurring[];
    readonly isOpen: boolean;
    readonly at: number | null;
  }[];
};

/** Each takes up to three elements; a message has room for these. */
const LISTED = 9;

export function frozenView(freeze: Freeze & { readonly id: string }): Message {
  const summary = `${capitalized(scopeName(freeze.scope))} is frozen: ${freeze.reason}`;
  return composeMessage(summary, 'warning', [
    strong(`❄️ ${sentence(summary)}`),
    ...times(freeze.schedule),
    quiet(`A rollback to the last good release goes through. To end it: /unfreeze ${shortId(freeze.id)}`),
  ]);
}

export function unfrozenView(ended: readonly Freeze[], by: string): Message {
  const what = names([...new Set(ended.map(({ scope }) => scopeName(scope)))]);
  const summary = `${by} ended the freeze of ${what}`;
  return composeMessage(summary, 'success', [
    strong(`${sentence(summary)}`),
    ...ended.map(({ reason }) => quiet(sentence(`It was: ${reason}`))),
  ]);
}

/** What keeps environments closed at certain times, and what opens them. */
export function freezesView({ freezes, windows }: Listed): Message {
  const holding = freezes.filter(({ isHolding }) => isHolding).length;
  const summary = holding > 0 ? 'Something is frozen now' : 'Nothing is frozen now';
  return composeMessage(summary, 'neutral', [
    header(summary),
    freezes.length === 0 && windows.length === 0
      ? text('To freeze: /freeze <app> <environment> "why" --until 2026-12-27 --time-zone Europe/Berlin')
      : null,
    ...freezes.slice(0, LISTED).flatMap(frozen),
    freezes.length > LISTED ? quiet(`… and ${freezes.length - LISTED} more.`) : null,
    ...windows.slice(0, 4).flatMap(window),
  ]);
}

function frozen({ freeze, isHolding, at }: Listed['freezes'][number]): readonly Element[] {
  const who = freeze.createdBy === null ? 'shipmate.yml' : freeze.createdBy.name;
  const how = freeze.schedule.kind === 'recurring' ? `, ${recurring(freeze.schedule)}` : '';
  const id = freeze.id === null ? '' : `, to end it: /unfreeze ${shortId(freeze.id)}`;
  return [
    strong(`❄️ ${sentence(`${capitalized(scopeName(freeze.scope))}: ${freeze.reason}`)}`),
    ...(at === null ? [] : [{ type: 'time', label: isHolding ? 'Ends' : 'Starts', at } as const]),
    quiet(`by ${who}${how}${id}`),
  ];
}

function window({ environment, windows, isOpen, at }: Listed['windows'][number]): readonly Element[] {
  return [
    strong(`🕓 ${environment} takes deployments ${names(windows.map(recurring), 3)}.`),
    ...(at === null ? [] : [{ type: 'time', label: isOpen ? 'Closes' : 'Opens', at } as const]),
  ];
}

function times(schedule: Schedule): readonly Element[] {
  if (schedule.kind === 'recurring') return [text(sentence(capitalizedFirst(recurring(schedule))))];
  return [
    { type: 'time', label: 'From', at: schedule.from },
    { type: 'time', label: 'Ends', at: schedule.until },
  ];
}

/** `at “0 18 * * FRI” for 2d15h (Europe/Berlin)`. */
function recurring({ cron, lasts, timeZone }: Recurring): string {
  return `at “${cron}” for ${length(lasts)} (${timeZone})`;
}

function length({ days, ms }: Length): string {
  const minutes = Math.floor(ms / 60_000);
  const parts = [
    [days, 'd'],
    [Math.floor(minutes / 60), 'h'],
    [minutes % 60, 'm'],
    [Math.floor((ms % 60_000) / 1000), 's'],
  ] as const;
  return parts.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('');
}

function capitalizedFirst(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
