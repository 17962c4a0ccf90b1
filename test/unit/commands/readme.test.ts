import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { commandTable, TABLE_MARKERS } from '../../../src/chat/command-table.ts';

it('README’s table of commands says what the definitions say', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const start = readme.indexOf(TABLE_MARKERS.start);
  const end = readme.indexOf(TABLE_MARKERS.end);
  expect(start, `README.md needs ${TABLE_MARKERS.start}`).toBeGreaterThanOrEqual(0);
  expect(end).toBeGreaterThan(start);
  expect(readme.slice(start + TABLE_MARKERS.start.length, end).trim()).toBe(commandTable(commands));
});
