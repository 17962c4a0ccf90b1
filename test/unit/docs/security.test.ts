import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS, rolesThatMay } from '../../../src/domain/permissions.ts';
import { ASVS_LEVELS } from './asvs-items.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

const STATES = ['met', 'written', 'partly', 'not met', 'operator'] as const;

/** `test/…` › `a title` › `another title`. */
const TEST = /`(test\/[^`]+)`((?:\s*›\s*`[^`]+`)+)/g;
const SOURCE = /`((?:src|adapters|commands|migrations|ops|scripts|test|docs)\/[^`\s…]+)`/g;

type Row = { readonly id: string; readonly level: number; readonly state: string; readonly proof: string };

const rows: readonly Row[] = [...page.matchAll(/^\| (\d+\.\d+\.\d+) \((\d)\) \|(.*)\|$/gm)].map(([, id = '', level, rest = '']) => {
  const [state = '', proof = ''] = rest
    .split('|')
    .slice(-2)
    .map((cell) => cell.trim());
  return { id, level: Number(level), state, proof };
});

/** Ids in the list of what does not apply. */
const left: readonly string[] = [...page.matchAll(/^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \|/gm)].flatMap(([, ids = '']) => ids.split(', '));

function testsIn(text: string): readonly { readonly path: string; readonly title: string }[] {
  return [...text.matchAll(TEST)].flatMap(([, path = '', titles = '']) =>
    [...titles.matchAll(/`([^`]+)`/g)].map(([, title = '']) => ({ path, title })),
  );
}

/** Is there a test or a group of tests of this title in the file, and is it run? */
function hasTest(path: string, title: string): boolean {
  if (!existsSync(join(root, path))) return false;
  const quoted = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?:\\b(?:it|test|describe)|\\))\\(\\s*(['"\`])${quoted}\\1`).test(readFileSync(join(root, path), 'utf8'));
}

describe('docs/security.md', () => {
  it('names only tests that there are', () => {
    const named = testsIn(page);
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ path, title }) => !hasTest(path, title))).toEqual([]);
  });

  it('would notice a test that was renamed, skipped or removed', () => {
    const own = 'test/unit/docs/security.test.ts';
    expect(hasTest(own, 'names only tests that there are')).toBe(true);
    expect(hasTest(own, 'names only tests that there were')).toBe(false);
    expect(hasTest('test/unit/docs/nothing.test.ts', 'names only tests that there are')).toBe(false);
    // Mentioned, but no test.
    expect(hasTest(own, 'not met')).toBe(false);
  });

  it('names only files that there are', () => {
    const named = [...page.matchAll(SOURCE)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('has every item of level 1 and 2 once, with its level', () => {
    const wanted = [...ASVS_LEVELS].filter(([, level]) => level <= 2).map(([id]) => id);
    expect([...rows.map(({ id }) => id), ...left].sort()).toEqual(wanted.sort());
    expect(rows.filter(({ id, level }) => ASVS_LEVELS.get(id) !== level)).toEqual([]);
  });

  it('calls nothing met without a test, and nothing else without a word why', () => {
    expect(rows.filter(({ state }) => !STATES.some((known) => known === state))).toEqual([]);
    expect(rows.filter(({ state, proof }) => state === 'met' && testsIn(proof).length === 0)).toEqual([]);
    expect(rows.filter(({ state, proof }) => state !== 'met' && state !== 'written' && proof === '')).toEqual([]);
  });

  it('counts what it says', () => {
    const counts = STATES.map((state) => `${state} ${rows.filter((row) => row.state === state).length}`).join(', ');
    expect(page).toContain(`Of ${rows.length + left.length} items: ${counts}, do not apply ${left.length}.`);
  });

  it('says of every permission who has it', () => {
    const wanted = PERMISSIONS.map((permission) => `| \`${permission}\` | ${rolesThatMay(permission).join(', ')} |`);
    expect(wanted.filter((line) => !page.includes(line))).toEqual([]);
  });

  it('links to its own headings only as they are', () => {
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    );
    const targets = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !headings.includes(target))).toEqual([]);
  });
});
