import type { CommandSummary } from '../../wire.ts';

/** One line of the popup: what it inserts from `replaceFrom` on, and how it reads. */
export type Choice = { readonly value: string; readonly label: string; readonly detail: string };

/**
 * The popup beside the composer. `selected` is -1 while nothing is chosen: then Enter sends, because what follows may be
 * optional; Tab and the arrows choose.
 */
export type CompletionState = {
  readonly choices: readonly Choice[];
  readonly selected: number;
  readonly replaceFrom: number;
};

export const NO_COMPLETION: CompletionState = { choices: [], selected: -1, replaceFrom: 0 };

/** Which completion the text up to the cursor asks for. */
export type CompletionNeed =
  | { readonly kind: 'none' }
  | { readonly kind: 'command'; readonly typed: string; readonly replaceFrom: number }
  | { readonly kind: 'argument' };

const LEAD = /^(\/|@shipmate\s+)/i;

export function completionNeed(upToCursor: string): CompletionNeed {
  const lead = LEAD.exec(upToCursor)?.[0];
  if (lead === undefined || upToCursor.includes('\n')) return { kind: 'none' };
  const typed = upToCursor.slice(lead.length);
  return /\s/.test(typed) ? { kind: 'argument' } : { kind: 'command', typed, replaceFrom: lead.length };
}

/** Commands whose name starts with what is typed, then those that contain it. */
export function completeCommand(commands: readonly CommandSummary[], typed: string, replaceFrom: number): CompletionState {
  const wanted = typed.toLowerCase();
  const starting = commands.filter((command) => command.name.startsWith(wanted));
  const containing = wanted === '' ? [] : commands.filter((command) => command.name.includes(wanted) && !starting.includes(command));
  const choices = [...starting, ...containing].map((command) => ({
    value: command.name,
    label: usageOf(command),
    detail: command.summary,
  }));
  return { choices, selected: choices.length > 0 ? 0 : -1, replaceFrom };
}

export function completeArgument(
  completions: readonly { readonly value: string; readonly label: string }[],
  upToCursor: string,
  replaceFrom: number,
): CompletionState {
  const typed = upToCursor.slice(replaceFrom);
  const choices = completions.map(({ value, label }) => ({ value, label: value, detail: label === value ? '' : label }));
  return { choices, selected: choices.length > 0 && typed !== '' ? 0 : -1, replaceFrom };
}

/** What an earlier answer still says after more of the same word was typed; nothing once another word began. */
export function narrowed(state: CompletionState, asked: string, upToCursor: string): CompletionState {
  if (asked === upToCursor) return state;
  if (!upToCursor.startsWith(asked) || /\s/.test(upToCursor.slice(asked.length))) return NO_COMPLETION;
  const typed = upToCursor.slice(state.replaceFrom);
  const choices = state.choices.filter((choice) => choice.value.startsWith(typed));
  return { choices, selected: choices.length > 0 ? 0 : -1, replaceFrom: state.replaceFrom };
}

export function moveSelection(state: CompletionState, by: 1 | -1): CompletionState {
  const { length } = state.choices;
  if (length === 0) return state;
  const from = state.selected === -1 && by === -1 ? 0 : state.selected;
  return { ...state, selected: (from + by + length) % length };
}

/** The text with the choice put in and the cursor after it; a blank follows, so that the next argument can be typed at once. */
export function accept(state: CompletionState, index: number, text: string, cursor: number): { text: string; cursor: number } {
  const choice = state.choices[index];
  if (choice === undefined) return { text, cursor };
  const after = text.slice(cursor).replace(/^\S*\s?/, '');
  const before = `${text.slice(0, state.replaceFrom)}${choice.value} `;
  return { text: before + after, cursor: before.length };
}

/** Enter accepts a selected choice only when that changes something: a word typed in full is sent. */
export function entersChoice(state: CompletionState, text: string, cursor: number): boolean {
  const choice = state.choices[state.selected];
  return choice !== undefined && text.slice(state.replaceFrom, cursor) !== choice.value;
}

/** The usage of the command being typed, in words, and which of them the cursor is at. Null when no known command is typed. */
export function usageHint(
  commands: readonly CommandSummary[],
  upToCursor: string,
): { readonly command: CommandSummary; readonly words: readonly string[]; readonly current: number } | null {
  const lead = LEAD.exec(upToCursor)?.[0];
  if (lead === undefined) return null;
  const typed = upToCursor.slice(lead.length).split(/\s+/);
  const command = commands.find((candidate) => candidate.name === typed[0]);
  if (command === undefined) return null;
  const words = usageOf(command).match(/\[[^\]]*\]|<[^>]*>|\S+/g) ?? [];
  return { command, words, current: Math.min(typed.length - 1, words.length - 1) };
}

/** `/name <argument> …`, whether or not the command's own text starts with its name. */
function usageOf(command: CommandSummary): string {
  const usage = command.usage.trim();
  if (usage.startsWith(`/${command.name}`)) return usage;
  return usage.startsWith(command.name) ? `/${usage}` : `/${command.name} ${usage}`.trim();
}
