#!/usr/bin/env node
/** The `shipmate` command: works from any folder, keeps the caller's as the working directory. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode24, WANTED_MAJOR } from '../scripts/node24.mjs';
import { runInPlace } from '../scripts/run-with-signals.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const node = findNode24(root);
if (node === null) {
  process.stderr.write(
    `shipmate: Node ${WANTED_MAJOR} is needed.\nwhat to do: run "npm ci" in ${root}, or install Node ${WANTED_MAJOR}.\n`,
  );
  process.exitCode = 1;
} else {
  runInPlace(node, [join(root, 'src/main.ts'), ...process.argv.slice(2)]);
}
