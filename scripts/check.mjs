/** `npm run check`: everything that can be judged without services, side by side, in under a minute. */
import { spawn } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (path) => join(root, 'node_modules', path);
const CHECKS = [
  ['format and lint', bin('@biomejs/biome/bin/biome'), ['check', '--error-on-warnings', '.']],
  // What it found out last time lies beside the dependencies: only what changed since, and what depends on that, is checked again.
  ['types', bin('typescript/bin/tsc'), ['--incremental', '--tsBuildInfoFile', bin('.cache/check.tsbuildinfo'), '--checkers', '2']],
  [
    'imports',
    bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
    ['--config', '.dependency-cruiser.cjs', 'src', 'commands', 'adapters', 'migrations', 'test', 'bench'],
  ],
  ['unused code', bin('knip/bin/knip.js'), []],
  ['unit tests', bin('vitest/vitest.mjs'), ['run', '--project', 'unit', '--reporter', 'dot']],
];

function run([name, script, args]) {
  const startedAt = Date.now();
  return new Promise((settle) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (code) => {
      const passed = code === 0;
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
      if (!passed) process.stdout.write(`${output.trimEnd()}\n`);
      settle(passed);
    });
  });
}

const results = await Promise.all(CHECKS.map(run));
process.exitCode = results.every(Boolean) ? 0 : 1;
