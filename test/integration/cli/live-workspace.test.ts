import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LiveWorkspace } from '../../../src/cli/live-workspace.ts';
import { silentLogger } from '../../support/postgres.ts';

/** The ceiling for "configuration saved". */
const SAVED_MS = 500;

const text = (name: string) => `workspace: ${name}
people: { ada: }
environments: { staging: }
apps:
  shop: { compose: compose.yaml, environments: { staging: }, roles: { owner: ada } }
`;

const opened: { folder: string; live: LiveWorkspace }[] = [];
afterEach(() => {
  for (const { folder, live } of opened.splice(0)) {
    live.close();
    rmSync(folder, { recursive: true });
  }
});

function open(): { folder: string; path: string; live: LiveWorkspace } {
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-live-'));
  const path = join(folder, 'shipmate.yml');
  writeFileSync(path, text('first'));
  writeFileSync(join(folder, 'compose.yaml'), 'services: {}\n');
  const live = new LiveWorkspace(path, silentLogger);
  live.watch();
  opened.push({ folder, live });
  return { folder, path, live };
}

/** How long until `isDone` after `save`; looked at after every change that is reported. */
async function msUntil(live: LiveWorkspace, save: () => void, isDone: () => boolean): Promise<number> {
  const done = new Promise<void>((resolve) => live.onChange(() => (isDone() ? resolve() : undefined)));
  const since = performance.now();
  save();
  await done;
  return performance.now() - since;
}

describe('a change of the configuration', () => {
  it.each<[how: string, save: (path: string, content: string) => void]>([
    ['written in place', (path, content) => writeFileSync(path, content)],
    [
      'put in its place by a rename, as editors do',
      (path, content) => {
        writeFileSync(`${path}.new`, content);
        renameSync(`${path}.new`, path);
      },
    ],
  ])(`is in force within ${SAVED_MS} ms when it was %s, again and again`, async (_, save) => {
    const { path, live } = open();
    for (const name of ['second', 'third', 'fourth', 'fifth']) {
      const ms = await msUntil(
        live,
        () => save(path, text(name)),
        () => live.current.name === name,
      );
      expect(ms).toBeLessThan(SAVED_MS);
    }
  });

  it('is seen in the files that it names, too', async () => {
    const { folder, live } = open();
    const changed = 'services: { web: { image: a } }\n';
    const ms = await msUntil(
      live,
      () => writeFileSync(join(folder, 'compose.yaml'), changed),
      () => live.files.some((file) => file.text === changed),
    );
    expect(ms).toBeLessThan(SAVED_MS);
  });

  it('is refused with file and line when it is not valid; what was in force stays, until it is mended', async () => {
    const { path, live } = open();
    writeFileSync(path, text('broken').replace('owner: ada', 'owner: bob'));
    await vi.waitFor(() => expect(live.refused.join()).toContain('shipmate.yml:5 apps.shop.roles.owner: names "bob"'));
    expect(live.current.name).toBe('first');
    expect(live.files[0]?.text).toBe(text('first'));
    writeFileSync(path, text('mended'));
    await vi.waitFor(() => expect(live.refused).toEqual([]));
    expect(live.current.name).toBe('mended');
  });

  it('counts as soon as the file that it lacked is there', async () => {
    const { folder, path, live } = open();
    writeFileSync(path, text('second').replace('compose.yaml', 'other.yaml'));
    await vi.waitFor(() => expect(live.refused.join()).toContain('other.yaml'));
    writeFileSync(join(folder, 'other.yaml'), 'services: {}\n');
    await vi.waitFor(() => expect(live.current.name).toBe('second'), 3000);
  });
});
