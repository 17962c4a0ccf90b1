import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));

type Locked = { readonly version?: string; readonly name?: string; readonly dev?: boolean; readonly link?: boolean };
type Bill = { readonly bomFormat: string; readonly components: readonly { readonly name: string; readonly version: string }[] };

it('the bill of materials has every library that is installed for production, and needs nothing but the lock', async () => {
  const [npm = '', ...words]: string[] = read('package.json').scripts.sbom.split(' ');
  const { stdout } = await promisify(execFile)(npm, [...words, '--offline'], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  const bill: Bill = JSON.parse(stdout);
  expect(bill.bomFormat).toBe('CycloneDX');
  const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
  const locked = Object.entries<Locked>(read('package-lock.json').packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const wanted = locked.map(([path, { name, version }]) => `${name ?? path.replace(/^.*node_modules\//, '')}@${version}`);
  expect(wanted.length).toBeGreaterThan(100);
  expect(wanted.filter((library) => !listed.has(library))).toEqual([]);
});
