/** The shop's database: named lists of JSON values, kept in one file. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from './service.ts';

const FOLDER = process.env['DATA'] ?? '/data';
const FILE = join(FOLDER, 'store.json');

const lists: Record<string, unknown[]> = load();

function load(): Record<string, unknown[]> {
  mkdirSync(FOLDER, { recursive: true });
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

function save(): void {
  writeFileSync(`${FILE}.new`, JSON.stringify(lists));
  renameSync(`${FILE}.new`, FILE);
}

serve('store', (path, method, body) => {
  const name = path.slice(1);
  if (!/^[a-z]{1,32}$/.test(name)) return { status: 404, body: { error: 'no such list' } };
  const list = lists[name] ?? [];
  if (method === 'GET') return { status: 200, body: list };
  lists[name] = method === 'PUT' ? JSON.parse(body) : [...list, JSON.parse(body)];
  save();
  return { status: 200, body: { stored: true } };
});
