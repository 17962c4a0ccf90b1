import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The sources are TypeScript run directly (type stripping without a flag), which needs this Node. */
export const WANTED_MAJOR = 24;

/**
 * Path of a Node that can run the sources, or null. The npm package `node` brings one (a development dependency, so that
 * it does not matter which Node the machine has); in production the Node that runs this is new enough itself.
 */
export function findNode24(root) {
  const candidates = [
    join(root, 'node_modules/node/bin/node'),
    join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`),
    join(root, `node_modules/node-bin-${process.platform}-${process.arch}/bin/node`),
  ];
  for (const candidate of candidates) {
    if (existsSync(candidate) && majorOf(candidate) >= WANTED_MAJOR) return candidate;
  }
  return Number.parseInt(process.versions.node, 10) >= WANTED_MAJOR ? process.execPath : null;
}

/** 0 for a file that does not run here: left by another platform, or emptied when install scripts were refused. */
function majorOf(executable) {
  try {
    return Number.parseInt(execFileSync(executable, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).slice(1), 10);
  } catch {
    return 0;
  }
}
