import type { APICommandAutocompleteInteractionResponseCallbackData } from 'discord-api-types/v10';
import type { ChatIntake } from '../../src/chat/chat-intake.ts';
import { clip, plainLine } from '../../src/chat/plain-text.ts';
import { splitWords } from '../../src/chat/words.ts';
import { type DescribedCommand, UMBRELLA } from './application-commands.ts';
import { lineToComplete } from './command-line.ts';
import type { AutocompleteInteraction } from './interaction.ts';
import { DISCORD_LIMITS } from './limits.ts';
import { accountOf, channelOf } from './sender.ts';

export type Choices = APICommandAutocompleteInteractionResponseCallbackData;

/** What may be chosen for the option that is being typed. Throws what the intake threw. */
export async function completeOption(
  interaction: AutocompleteInteraction,
  intake: Pick<ChatIntake, 'complete'>,
  commands: readonly DescribedCommand[],
  trustedGuilds: readonly string[] | null,
): Promise<Choices> {
  const account = accountOf(interaction, trustedGuilds);
  const text = lineToComplete(interaction.data, commands);
  if (account === null || text === null) return { choices: [] };
  const { replaceFrom, completions } = await intake.complete({
    platform: 'discord',
    account,
    channel: channelOf(interaction, account),
    text,
  });
  const isLine = interaction.data.name === UMBRELLA;
  const choices = completions.flatMap(({ value, label }) => {
    // Completions are quoted as a line needs them; an option holds the value itself.
    const chosen = isLine ? text.slice(0, replaceFrom) + value : (splitWords(value).words[0]?.text ?? '');
    if (chosen === '' || chosen.length > DISCORD_LIMITS.optionChoiceText) return [];
    const shown = label === '' || plainLine(label) === chosen ? chosen : `${chosen} · ${label}`;
    return [{ name: clip(plainLine(shown), DISCORD_LIMITS.optionChoiceText), value: chosen }];
  });
  return { choices: choices.slice(0, DISCORD_LIMITS.optionChoices) };
}
