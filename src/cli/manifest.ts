import { discordManifest } from '../../adapters/discord/index.ts';
import { slackManifest } from '../../adapters/slack/index.ts';
import { commands } from '../../commands/index.ts';
import { usage } from '../chat/usage.ts';
import { start } from './start.ts';
import { StartRefused } from './start-refused.ts';

/** `shipmate manifest slack`: the app to create, for the address and the way in that the settings say. */
export function printSlackManifest(options: { readonly url?: string; readonly socketMode?: boolean }): void {
  const { settings } = start();
  const url = options.url ?? settings.publicUrl;
  if (url === null || !URL.canParse(url)) {
    throw new StartRefused('the manifest needs the public address of this Shipmate', [
      'Set SHIPMATE_URL, or give it: shipmate manifest slack --url https://shipmate.example.org',
    ]);
  }
  const socketMode = options.socketMode ?? settings.slack?.transport.kind === 'socket';
  const listed = commands.map((command) => ({ name: command.name, summary: command.summary, usage: usage(command) }));
  process.stdout.write(slackManifest({ url, socketMode, commands: listed }));
}

/** `shipmate manifest discord`: what the bot registers when it starts. */
export function printDiscordManifest(): void {
  process.stdout.write(discordManifest(commands));
}
