import { type DescribedCommand, discordCommands } from './application-commands.ts';

/**
 * What Shipmate registers by itself when it starts, as JSON that `PUT /applications/{application.id}/commands` takes.
 * https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
 */
export function discordManifest(commands: readonly DescribedCommand[]): string {
  return `${JSON.stringify(discordCommands(commands), null, 2)}\n`;
}
