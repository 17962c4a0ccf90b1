import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { AppSource, AppSourceRequest, AppSourceResult } from '../../src/ports/app-source.ts';
import type { Workspace } from '../../src/ports/workspace.ts';
import { closest } from './did-you-mean.ts';
import { diskFiles } from './disk-files.ts';
import { headCommit } from './head-commit.ts';
import { readProject } from './read-project.ts';

const run = promisify(execFile);
const GIT_TIMEOUT_MS = 2_000;

/** Apps defined by Compose files on this machine, as shipmate.yml lists them. */
export class ComposeAppSource implements AppSource {
  readonly #workspace: Workspace;
  readonly #fingerprint: (bytes: Uint8Array) => string;

  constructor({ workspace, fingerprint }: { workspace: Workspace; fingerprint: (bytes: Uint8Array) => string }) {
    this.#workspace = workspace;
    this.#fingerprint = fingerprint;
  }

  async read({ app, environment, version, secrets }: AppSourceRequest): Promise<AppSourceResult> {
    const { apps, engine, folder } = this.#workspace;
    const config = Object.hasOwn(apps, app) ? apps[app] : undefined;
    if (config === undefined) return unknown(`apps.${app}`, `There is no app "${app}".`, Object.keys(apps), app);
    const inEnvironment = Object.hasOwn(config.environments, environment) ? config.environments[environment] : undefined;
    if (inEnvironment === undefined) {
      return unknown(
        `apps.${app}.environments`,
        `The app "${app}" has no environment "${environment}".`,
        Object.keys(config.environments),
        environment,
      );
    }
    const projectFolder = dirname(config.composeFiles[0] ?? folder);
    const result = readProject({
      app,
      environment,
      version,
      projectFolder,
      workspaceFolder: folder,
      composeFiles: [...config.composeFiles, ...inEnvironment.overrideFiles],
      envFiles: inEnvironment.envFiles,
      variables: inEnvironment.variables,
      profiles: inEnvironment.profiles,
      policy: engine,
      files: diskFiles(projectFolder),
      fingerprint: this.#fingerprint,
      ...(secrets === undefined ? {} : { secrets: secrets === 'unknown' ? secrets : await secrets() }),
    });
    return result.ok ? { ...result, sourceCommit: await commitOf(projectFolder) } : result;
  }
}

function unknown(key: string, problem: string, known: readonly string[], asked: string): AppSourceResult {
  const meant = closest(asked, known);
  const remedy = meant !== null ? `Did you mean \`${meant}\`?` : known.length === 0 ? 'Add it.' : `There are: ${known.join(', ')}.`;
  return { ok: false, findings: [{ file: 'shipmate.yml', line: null, key, problem, remedy }] };
}

/** The commit that the folder is at; null when it is no Git work tree. */
async function commitOf(folder: string): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['-C', folder, 'rev-parse', '--verify', 'HEAD'], { timeout: GIT_TIMEOUT_MS });
    return /^[0-9a-f]{40,64}$/.test(stdout.trim()) ? stdout.trim() : null;
  } catch {
    // Git is not there, as in our image, or not for this user. Whatever is wrong, an app can be deployed without knowing its commit.
    return headCommit(folder);
  }
}
