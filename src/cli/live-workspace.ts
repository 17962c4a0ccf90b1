import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { configurationPaths, readConfigurationFiles, stampOf } from '../config/configuration-files.ts';
import { readWorkspace } from '../config/workspace.ts';
import { isSameJson } from '../domain/json.ts';
import { describeFinding } from '../ports/app-source.ts';
import type { ConfigurationFile } from '../ports/configuration-history.ts';
import type { Logger } from '../ports/logger.ts';
import type { Workspace } from '../ports/workspace.ts';
import { StartRefused } from './start-refused.ts';

/** Editors write in several steps; a change counts when it has been quiet for this long. */
const QUIET_MS = 50;
/** How often is looked whatever was reported: some volumes send no events, and a folder that is replaced takes its watch with it. */
const LOOK_EVERY_MS = 1000;

/**
 * `shipmate.yml` as it is now: a valid change counts from the next command on, an invalid one leaves the last valid content in
 * force. The files that it names are watched with it, because their texts are part of what is kept as a version.
 */
export class LiveWorkspace {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #onChange: Set<(workspace: Workspace) => void> = new Set();
  readonly #watchers = new Map<string, FSWatcher>();
  #current: Workspace;
  #files: readonly ConfigurationFile[];
  #refused: readonly string[] = [];
  #stamp: string;
  #quiet: NodeJS.Timeout | null = null;
  #looking: NodeJS.Timeout | null = null;

  /** Throws StartRefused with the findings when the file is not valid at start. */
  constructor(path: string, logger: Logger) {
    const result = readWorkspace(path);
    if (!result.ok) throw new StartRefused(`${path} is not valid`, result.findings.map(describeFinding));
    for (const warning of result.warnings) logger.warn({}, describeFinding(warning));
    this.#path = path;
    this.#logger = logger;
    this.#current = result.workspace;
    this.#stamp = stampOf(configurationPaths(path, result.workspace));
    this.#files = readConfigurationFiles(path, result.workspace);
  }

  get current(): Workspace {
    return this.#current;
  }

  /** The texts that are in force. */
  get files(): readonly ConfigurationFile[] {
    return this.#files;
  }

  /** Why the newest change is not in force, a line each with file, line and the way out; empty when it is. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  onChange(callback: (workspace: Workspace) => void): void {
    this.#onChange.add(callback);
  }

  watch(): void {
    this.#looking ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    this.#watchFolders();
  }

  reload(): void {
    const result = readWorkspace(this.#path);
    if (!result.ok) this.#refuse(result.findings.map(describeFinding));
    else if (result.workspace.development !== this.#current.development)
      this.#refuse([`${basename(this.#path)} development: cannot be switched while running. Restart for that.`]);
    else this.#accept(result.workspace);
  }

  close(): void {
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #accept(workspace: Workspace): void {
    let files: readonly ConfigurationFile[];
    try {
      files = readConfigurationFiles(this.#path, workspace);
    } catch (error) {
      this.#refuse([error instanceof Error ? error.message : String(error)]);
      return;
    }
    const isSame = isSameJson(files, this.#files);
    if (isSame && this.#refused.length === 0) return;
    this.#refused = [];
    this.#current = workspace;
    this.#files = files;
    this.#logger.info(
      { policyVersions: policyVersionsOf(workspace) },
      isSame ? 'the configuration is valid again' : 'configuration loaded',
    );
    for (const callback of this.#onChange) callback(workspace);
    if (this.#looking !== null) this.#watchFolders();
  }

  #refuse(findings: readonly string[]): void {
    if (isSameJson(findings, this.#refused)) return;
    this.#refused = findings;
    this.#logger.error({ findings }, 'the changed configuration is not valid; the last valid one stays in force');
  }

  /** Status first: an event in the folder is seldom about our files. */
  #look(): void {
    const stamp = stampOf(configurationPaths(this.#path, this.#current));
    // While a change is refused its cause may be a file that nothing in force names: then the content is read again each time.
    if (stamp === this.#stamp && this.#refused.length === 0) return;
    this.#stamp = stamp;
    this.reload();
    this.#stamp = stampOf(configurationPaths(this.#path, this.#current)) === stamp ? stamp : '';
  }

  /** Folders, not files: an editor that replaces a file leaves a watch on the one that is gone. */
  #watchFolders(): void {
    const wanted = new Set(configurationPaths(this.#path, this.#current).map((path) => dirname(path)));
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    const lost = (error: unknown): void => {
      this.#logger.warn({ folder, error }, 'the folder cannot be watched; its files are looked at once a second');
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
    };
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#soon());
      watcher.on('error', lost);
      this.#watchers.set(folder, watcher);
    } catch (error) {
      lost(error);
    }
  }

  #soon(): void {
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#look(), QUIET_MS).unref();
  }
}

/** As audit records and approval requests name them, by environment. */
function policyVersionsOf({ environments }: Workspace): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.values(environments).map(({ name, policyVersion }) => [name, policyVersion]));
}
