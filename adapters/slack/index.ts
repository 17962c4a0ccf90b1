export { createSlack } from './create-slack.ts';
export type { InstallationRows } from './installations.ts';
export { slackManifest } from './manifest.ts';
