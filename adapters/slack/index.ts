export { createSlack, type Slack, type SlackOptions } from './create-slack.ts';
export type { InstallationRows } from './installations.ts';
export type { Pages } from './listen-pages.ts';
export { type ManifestOptions, slackManifest } from './manifest.ts';
