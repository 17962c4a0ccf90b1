/**
 * `npm run mutate:approvals`: switches every control of approvals off once and expects a test to fail. It works on a copy of the last commit in
 * the system's temporary folder. A control whose text is not found any more, a test that does not pass as things are, and a control that
 * nothing misses end it with exit code 1. Words after `--` choose controls by their names.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';
import { CONTROLS } from './controls.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = process.argv.slice(2);
const controls = CONTROLS.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
const folder = mkdtempSync(join(tmpdir(), 'shipmate-mutate-'));
const copy = join(folder, 'copy');
const git = (...args) => execFileSync('git', ['-C', root, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
const say = (text) => process.stdout.write(`${text}\n`);

/** The titles that failed; throws when nothing was run. */
async function failuresOf(vitest, { project, file }, titles) {
  const specifications = (await vitest.getRelevantTestSpecifications([file])).filter((one) => one.project.name === project);
  if (titles.includes(undefined)) vitest.resetGlobalTestNamePattern();
  else vitest.setGlobalTestNamePattern(new RegExp(titles.map((title) => RegExp.escape(title)).join('|')));
  const { testModules } = await vitest.runTestSpecifications(specifications, false);
  const tests = testModules.flatMap((module) => [...module.children.allTests()]);
  const broken = testModules.flatMap((module) => module.errors());
  const of = (state) => tests.filter((test) => test.result().state === state).map(({ fullName }) => fullName);
  const failed = of('failed');
  if (failed.length + of('passed').length === 0) throw new Error(broken[0]?.message ?? `no test of ${file} was run`);
  return failed;
}

/** Null when a test misses it; otherwise what is wrong. */
async function switchOff(vitest, { file, find, replace, test }) {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const found = text.split(find).length - 1;
  if (found !== 1) return `its text stands ${found} times in ${file}`;
  const write = (content) => {
    writeFileSync(path, content);
    vitest.invalidateFile(path);
  };
  write(text.replace(find, () => replace));
  try {
    return (await failuresOf(vitest, test, [test.title])).length > 0 ? null : 'NOT MISSED: every test passes without it';
  } catch (error) {
    return error.message;
  } finally {
    write(text);
  }
}

async function mutateAll(vitest) {
  for (const file of new Set(controls.map(({ test }) => test.file))) {
    const tests = controls.map(({ test }) => test).filter((test) => test.file === file);
    const titles = tests.map(({ title }) => title);
    const failed = await failuresOf(vitest, tests[0], titles);
    if (failed.length > 0) throw new Error(`${file} fails as things are: ${failed[0]}`);
    say(`passes as things are: ${file}`);
  }
  let problems = 0;
  for (const control of controls) {
    const problem = await switchOff(vitest, control);
    if (problem !== null) problems += 1;
    const { title, file } = control.test;
    say(`${problem === null ? 'ok    ' : 'FAILED'} ${control.name}: ${problem ?? `without it fails “${title ?? file}”`}`);
  }
  say(`${controls.length - problems} of ${controls.length} controls are missed by a test when they are off`);
  return problems;
}

try {
  git('worktree', 'add', '--detach', '--quiet', copy, 'HEAD');
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  process.chdir(copy);
  // One set of services for all runs; silent, for failing is what is asked of the tests.
  const vitest = await createVitest('test', { root: copy, watch: false, reporters: [{}] });
  try {
    process.exitCode = (await mutateAll(vitest)) === 0 ? 0 : 1;
  } finally {
    await vitest.close();
  }
} finally {
  process.chdir(root);
  git('worktree', 'remove', '--force', copy);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
