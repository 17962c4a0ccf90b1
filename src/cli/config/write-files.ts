import {
  closeSync,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ConfigurationFile } from '../../ports/configuration-history.ts';

/**
 * Puts files back below a folder, each whole or not at all: all are written beside their places first, then renamed, the first
 * one (`shipmate.yml`) last, so that it never names a file that is not there yet. Keeps the modes; new files are their owner's only.
 */
export function writeFiles(folder: string, files: readonly ConfigurationFile[]): void {
  const written: { readonly temporary: string; readonly target: string }[] = [];
  try {
    for (const { path, text } of files) {
      const target = realOf(resolve(folder, path));
      const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
      mkdirSync(dirname(target), { recursive: true });
      written.unshift({ temporary, target });
      writeDurably(temporary, text, target);
    }
    for (const { temporary, target } of written) renameSync(temporary, target);
  } finally {
    for (const { temporary } of written) rmSync(temporary, { force: true });
  }
}

/** Copies what would be lost to `<file>.replaced`; the names of the copies. */
export function keepCopies(folder: string, files: readonly ConfigurationFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const target = realOf(resolve(folder, path));
    if (!isThere(target) || readFileSync(target, 'utf8') === text) return [];
    copyFileSync(target, `${target}.replaced`);
    return [`${target}.replaced`];
  });
}

/** A link stays one: what it leads to is replaced. */
function realOf(path: string): string {
  return isThere(path) ? realpathSync(path) : path;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function writeDurably(path: string, text: string, target: string): void {
  const stat = statSync(target, { throwIfNoEntry: false });
  const file = openSync(path, 'w', 0o600);
  try {
    writeFileSync(file, text);
    fchmodSync(file, stat === undefined ? 0o600 : stat.mode & 0o777);
    // Written by root, it must still be readable for the account that Shipmate runs as.
    const { uid, gid } = stat ?? statSync(dirname(target));
    if (process.getuid?.() === 0) fchownSync(file, uid, gid);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
