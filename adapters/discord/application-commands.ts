import { ApplicationCommandOptionType, ApplicationCommandType, ApplicationIntegrationType, InteractionContextType } from 'discord.js';
import type { APIApplicationCommandBasicOption, RESTPostAPIChatInputApplicationCommandsJSONBody } from 'discord-api-types/v10';
import type { Argument } from '../../src/chat/argument.ts';
import { clip, plainLine } from '../../src/chat/plain-text.ts';
import { DISCORD_LIMITS } from './limits.ts';

/** What the registration needs of a command definition (src/chat/define-command.ts). */
export type DescribedCommand = {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly Argument[];
  /** Present when the command completes values. */
  readonly complete?: unknown;
  /** Present when the command asks by form for what was not given. */
  readonly form?: unknown;
};

export const UMBRELLA = 'shipmate';
export const UMBRELLA_OPTION = 'command';

export type ApplicationCommand = RESTPostAPIChatInputApplicationCommandsJSONBody;

/**
 * Every command with typed options, and `/shipmate` that takes a whole line. Who may use what is decided by the core for each use, so that
 * nothing is hidden by Discord's own permissions.
 * https://docs.discord.com/developers/interactions/application-commands#application-command-object
 */
export function discordCommands(commands: readonly DescribedCommand[]): readonly ApplicationCommand[] {
  const own = commands.slice(0, DISCORD_LIMITS.commands - 1).map(applicationCommand);
  return [...own, umbrella()];
}

function applicationCommand(command: DescribedCommand): ApplicationCommand {
  // Discord insists on required options before it sends a command: one that has a form could never be sent alone.
  const described = command.arguments.map((argument) => (command.form === undefined ? argument : { ...argument, isRequired: false }));
  // It wants the required ones first; within each half the definition's order stays.
  const ordered = [...described.filter(({ isRequired }) => isRequired), ...described.filter(({ isRequired }) => !isRequired)];
  return {
    ...usableEverywhere(command.name, command.summary),
    options: ordered.slice(0, DISCORD_LIMITS.commandOptions).map((argument) => option(argument, command.complete !== undefined)),
  };
}

function umbrella(): ApplicationCommand {
  return {
    ...usableEverywhere(UMBRELLA, 'Any Shipmate command as one line'),
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: UMBRELLA_OPTION,
        description: 'For instance: deploy shop staging 1.1.0',
        required: false,
        autocomplete: true,
      },
    ],
  };
}

function usableEverywhere(name: string, description: string): ApplicationCommand {
  return {
    type: ApplicationCommandType.ChatInput,
    name: commandName(name),
    description: describe(description, name),
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
  };
}

function option(argument: Argument, completes: boolean): APIApplicationCommandBasicOption {
  const shared = {
    name: commandName(argument.name),
    description: describe(argument.explains, argument.label),
    required: argument.isRequired,
  };
  if (argument.kind === 'switch') return { ...shared, type: ApplicationCommandOptionType.Boolean };
  if (argument.kind === 'number') return { ...shared, type: ApplicationCommandOptionType.Integer };
  const { choices } = argument;
  const isClosed =
    choices.length > 0 &&
    choices.length <= DISCORD_LIMITS.optionChoices &&
    choices.every((choice) => choice.length <= DISCORD_LIMITS.optionChoiceText);
  if (isClosed) {
    return { ...shared, type: ApplicationCommandOptionType.String, choices: choices.map((choice) => ({ name: choice, value: choice })) };
  }
  return { ...shared, type: ApplicationCommandOptionType.String, autocomplete: completes || choices.length > 0 };
}

function commandName(name: string): string {
  return name.toLowerCase().slice(0, DISCORD_LIMITS.commandName);
}

function describe(text: string, otherwise: string): string {
  return clip(plainLine(text), DISCORD_LIMITS.commandDescription) || otherwise;
}
