import { userInfo } from 'node:os';
import { type ConfigurationParts, openConfiguration } from '../../application/keep-configuration.ts';
import { hideSecretLines } from '../../domain/hide-secret-lines.ts';
import type { ConfigurationFile, SealedConfiguration } from '../../ports/configuration-history.ts';
import { type Started, start } from '../start.ts';
import { StartRefused } from '../start-refused.ts';
import { diffFiles } from './diff-files.ts';
import { openHistory } from './open-history.ts';
import { restoreVersion } from './restore-version.ts';

const LISTED = 50;

/** `shipmate config`: the newest versions, newest first; the first one is in force wherever Shipmate runs. */
export function listVersions(): Promise<void> {
  return withHistory(async (parts) => {
    const versions = await parts.database.stores.configuration.list(LISTED);
    if (versions.length === 0) say('No version yet: the first one is kept when Shipmate starts.');
    for (const { number, at, source, sha } of versions)
      say(`${String(number).padStart(4)}  ${new Date(at).toISOString().slice(0, 19)}Z  ${source.padEnd(7)}  ${sha}`);
  });
}

/** `shipmate config show <n>`: its files, secret values hidden. */
export function showVersion(number: string): Promise<void> {
  return withHistory(async (parts) => {
    for (const { path, text } of await filesOf(parts, number)) say(`# ${path}\n${hideSecretLines(text).join('\n')}`);
  });
}

/** `shipmate config diff <n> [m]`: what changed from version n to version m, by default the newest. */
export function diffVersions(from: string, to: string | undefined): Promise<void> {
  return withHistory(async (parts) => {
    const before = await filesOf(parts, from);
    const newest = to ?? String((await parts.database.stores.configuration.newest())?.number ?? 0);
    const lines = diffFiles(before, await filesOf(parts, newest));
    say(lines.length === 0 ? `Versions ${from} and ${newest} are the same.` : lines.join('\n'));
  });
}

/** `shipmate config restore <n> --yes`. */
export function restore(number: string): Promise<void> {
  return withHistory(async (parts, { settings }) => {
    const { version, kept, copies } = await restoreVersion(parts, settings, numberOf(number), userInfo().username);
    say(`The content of version ${number} is in place again, as version ${version.number}.`);
    if (kept !== null && kept.number !== version.number) say(`What it replaced is version ${kept.number}.`);
    for (const copy of copies) say(`What stood there was not valid; a copy is ${copy}`);
  });
}

async function filesOf(parts: ConfigurationParts, number: string): Promise<readonly ConfigurationFile[]> {
  const version: SealedConfiguration | null = await parts.database.stores.configuration.find(numberOf(number));
  if (version === null) throw new StartRefused(`there is no version ${number} of the configuration`, ['`shipmate config` lists them.']);
  return openConfiguration(parts, version);
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new StartRefused(`“${text}” is not a version’s number`, ['`shipmate config` lists them.']);
}

async function withHistory(work: (parts: ConfigurationParts, started: Started) => Promise<void>): Promise<void> {
  const started = start({ destination: process.stderr });
  try {
    await work(await openHistory(started), started);
  } finally {
    await started.closers.closeAll();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
