import type { Writable } from 'node:stream';
import { createLogger } from '../../adapters/pino/create-logger.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Settings } from '../config/settings.ts';
import { checkTogether } from '../config/workspace.ts';
import { describeFinding } from '../ports/app-source.ts';
import type { Logger } from '../ports/logger.ts';
import { Closers } from './closers.ts';
import { LiveWorkspace } from './live-workspace.ts';
import { StartRefused } from './start-refused.ts';

export type Started = { readonly settings: Settings; readonly logger: Logger; readonly closers: Closers };

/** The environment, read and validated, with what it sets to no effect. Throws StartRefused with every finding at once. */
export function readSettingsAndWarnings(env: NodeJS.ProcessEnv = process.env): { settings: Settings; warnings: readonly string[] } {
  const result = readEnvironment(env);
  if (!result.ok) throw new StartRefused('the environment is not valid', result.findings.map(describeFinding));
  return { settings: result.settings, warnings: result.warnings.map(describeFinding) };
}

export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  return readSettingsAndWarnings(env).settings;
}

type StartOptions = { readonly settings?: Settings; readonly destination?: Writable; readonly env?: NodeJS.ProcessEnv };

/** Begins a process that runs for a while: its settings, its log with the environment's warnings, and what it will close. */
export function start(options: StartOptions = {}): Started {
  const read = readSettingsAndWarnings(options.env);
  const settings = options.settings ?? read.settings;
  const pretty = process.stdout.isTTY === true && options.destination === undefined;
  const destination = options.destination === undefined ? {} : { destination: options.destination };
  const logger = createLogger({ level: settings.logLevel, pretty, ...destination });
  for (const warning of read.warnings) logger.warn({}, warning);
  return { settings, logger, closers: new Closers(logger) };
}

/** `shipmate.yml`, read, validated together with the environment, and watched. */
export function openWorkspace({ settings, logger, closers }: Started): LiveWorkspace {
  const workspace = new LiveWorkspace(settings.configFile, logger);
  const findings = checkTogether(settings, workspace.current);
  if (findings.length > 0) throw new StartRefused('the configuration is not safe', findings.map(describeFinding));
  workspace.watch();
  closers.add('configuration', () => workspace.close());
  return workspace;
}

const REPEATED_MS = 2000;

/** Resolves when the process is asked to end. A second, later signal ends it at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        // A group's signal and a parent's forwarding of it are one wish, not two.
        if (askedAt !== null && Date.now() - askedAt > REPEATED_MS) process.exit(130);
        askedAt ??= Date.now();
        resolve();
      });
    }
  });
}
