import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import type { FileRead, ProjectFiles } from './project-files.ts';

const LARGEST_FILE = 2 * 1024 * 1024;

/** Files of one project folder on this machine. */
export function diskFiles(projectFolder: string): ProjectFiles {
  return {
    read(path, scope) {
      try {
        const real = realpathSync(path);
        if (scope === 'project' && !isInside(realpathSync(projectFolder), real)) return { failure: 'outside' };
        const stat = statSync(real);
        if (!stat.isFile()) return { failure: 'not_a_file' };
        if (stat.size > LARGEST_FILE) return { failure: 'too_large' };
        return { bytes: readFileSync(real) };
      } catch (fault) {
        // A path that leaves the folder is told so whether or not something is there: its existence is nobody's business.
        if (scope === 'project' && !isInside(projectFolder, path)) return { failure: 'outside' };
        return failureOf(fault);
      }
    },
  };
}

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
}

function failureOf(fault: unknown): FileRead {
  const code = typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { failure: 'missing' };
  if (typeof code === 'string') return { failure: 'unreadable' };
  throw fault;
}
