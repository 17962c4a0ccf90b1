export type { AskConfirmation } from './confirmation.ts';
export { createDiscord, type Discord, type DiscordOptions } from './create-discord.ts';
export { discordManifest } from './manifest.ts';
