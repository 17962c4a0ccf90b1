export { createDiscord, type DiscordOptions } from './create-discord.ts';
export { discordManifest } from './manifest.ts';
