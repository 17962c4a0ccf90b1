import type { BlockSuggestion } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import type { ChatIntake } from '../../src/chat/chat-intake.ts';
import { plainLine } from '../../src/chat/plain-text.ts';
import type { Directory } from './directory.ts';
import { readValues } from './form-state.ts';
import { SLACK_LIMITS } from './limits.ts';
import { fieldOf, readContext, renderOption } from './render-form.ts';

/**
 * Options for a field that is completed while somebody types: what was typed itself, because anything may be chosen, and what
 * completes the command line that the field stands for.
 */
export async function suggest(body: BlockSuggestion, intake: ChatIntake, directory: Directory): Promise<PlainTextOption[]> {
  const context = readContext(body.view?.private_metadata ?? '');
  const line = context?.completes[fieldOf(body.block_id) ?? ''];
  const team = body.team?.id ?? body.user.team_id;
  if (body.view === undefined || context === null || line === undefined || team === undefined) return [];
  const typed = plainLine(body.value);
  const own = typed === '' ? [] : [{ value: typed, label: typed }];
  const before = fill(line, readValues(body.view));
  const completions = before === null ? [] : await complete(before + typed);
  const others = completions.filter(({ value }) => value !== typed);
  return [...own, ...others].flatMap(renderOption).slice(0, SLACK_LIMITS.options);

  async function complete(text: string) {
    const sender = { team: body.user.team_id ?? body.team?.id ?? '', user: body.user.id, name: body.user.name };
    const account = await directory.account({ sender, team: team ?? '' });
    return (await intake.complete({ platform: 'slack', account, channel: context?.channel ?? '', text })).completions;
  }
}

/** The line with what the other fields hold; null while one of them is empty. */
function fill(line: string, values: Readonly<Record<string, string>>): string | null {
  let isWhole = true;
  const filled = line.replace(/\{([\w-]+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    isWhole &&= value !== '';
    return quoted(value);
  });
  return isWhole ? filled : null;
}

function quoted(value: string): string {
  return /[\s"'\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}
