import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import type { ConfigurationFile } from '../ports/configuration-history.ts';
import type { Workspace } from '../ports/workspace.ts';

/** Absolute paths of `shipmate.yml` and of the Compose, override and env files that it names; each once, `shipmate.yml` first. */
export function configurationPaths(path: string, workspace: Workspace): readonly string[] {
  const named = Object.values(workspace.apps).flatMap((app) => [
    ...app.composeFiles,
    ...Object.values(app.environments).flatMap((environment) => [...environment.overrideFiles, ...environment.envFiles]),
  ]);
  return [...new Set([resolve(path), ...named])];
}

/** Their texts as they stand now. Throws when one cannot be read. */
export function readConfigurationFiles(path: string, workspace: Workspace): readonly ConfigurationFile[] {
  const folder = dirname(resolve(path));
  const [own = '', ...named] = configurationPaths(path, workspace);
  const others = named.map((file) => ({ path: relative(folder, file), text: readFileSync(file, 'utf8') }));
  others.sort((a, b) => (a.path < b.path ? -1 : 1));
  return [{ path: basename(own), text: readFileSync(own, 'utf8') }, ...others];
}

/** Changes whenever one of the files does, comes or goes; reads none of them. */
export function stampOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.ino}.${stat.size}.${stat.mtimeNs}`;
    })
    .join(' ');
}
