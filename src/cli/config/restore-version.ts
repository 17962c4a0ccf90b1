import { basename, dirname, resolve } from 'node:path';
import { type ConfigurationParts, type KeptContent, keepConfiguration, openConfiguration } from '../../application/keep-configuration.ts';
import { readConfigurationFiles } from '../../config/configuration-files.ts';
import type { Settings } from '../../config/settings.ts';
import { checkTogether, parseWorkspace, readWorkspace } from '../../config/workspace.ts';
import { describeFinding, type Finding } from '../../ports/app-source.ts';
import type { ConfigurationFile, ConfigurationVersion } from '../../ports/configuration-history.ts';
import { StartRefused } from '../start-refused.ts';
import { keepCopies, writeFiles } from './write-files.ts';

export type Restored = {
  /** The version that the restored content has now; the asked one itself when it was in force already. */
  readonly version: ConfigurationVersion;
  /** The version that holds what stood there before; null when that was not valid, and could be none. */
  readonly kept: ConfigurationVersion | null;
  /** Copies of what was not valid. */
  readonly copies: readonly string[];
};

/**
 * Puts a version back: what stands there now is kept first, then the files are written. Refused with the findings when the
 * version would not be valid now. A running Shipmate sees the files change as after any other save.
 */
export async function restoreVersion(
  parts: ConfigurationParts,
  settings: Pick<Settings, 'configFile' | 'host'>,
  number: number,
  account: string,
): Promise<Restored> {
  const wanted = await parts.database.stores.configuration.find(number);
  if (wanted === null) throw new StartRefused(`there is no version ${number} of the configuration`, ['`shipmate config` lists them.']);
  const folder = dirname(settings.configFile);
  const files = named(openConfiguration(parts, wanted), basename(settings.configFile));
  const findings = findingsOf(settings, files);
  if (findings.length > 0) throw new StartRefused(`version ${number} would not be valid now`, findings.map(describeFinding));

  const present = readPresent(settings.configFile);
  const contents: readonly KeptContent[] = [
    ...(present === null ? [] : [{ files: present, source: 'reload' as const }]),
    { files, source: 'restore', note: { restored: number, account } },
  ];
  const versions = await keepConfiguration(parts, contents);
  const version = versions.at(-1) ?? wanted;
  const copies = present === null ? keepCopies(folder, files) : [];
  writeFiles(folder, files);
  return { version, kept: present === null ? null : (versions[0] ?? null), copies };
}

/** The workspace file may be called otherwise by now. */
function named(files: readonly ConfigurationFile[], name: string): readonly ConfigurationFile[] {
  return files.map((file, index) => (index === 0 ? { ...file, path: name } : file));
}

/** Valid together with the environment; the files that it brings along count as there. */
function findingsOf(settings: Pick<Settings, 'configFile' | 'host'>, files: readonly ConfigurationFile[]): readonly Finding[] {
  const folder = dirname(settings.configFile);
  const brought = new Set(files.map(({ path }) => resolve(folder, path)));
  const result = parseWorkspace(files[0]?.text ?? '', basename(settings.configFile), folder, (path) => brought.has(path));
  return result.ok ? checkTogether(settings, result.workspace) : result.findings;
}

function readPresent(path: string): readonly ConfigurationFile[] | null {
  const result = readWorkspace(path);
  return result.ok ? readConfigurationFiles(path, result.workspace) : null;
}
