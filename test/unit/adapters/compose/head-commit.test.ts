import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headCommit } from '../../../../adapters/compose/head-commit.ts';

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shipmate-head-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function files(contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

describe('the commit of a Git work tree, without Git', () => {
  const found: readonly [string, Readonly<Record<string, string>>, string][] = [
    ['of a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${A}\n` }, '.'],
    ['of a branch with a long name', { '.git/HEAD': 'ref: refs/heads/a/b-c.d\n', '.git/refs/heads/a/b-c.d': `${A}\n` }, '.'],
    [
      'of a packed branch',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack-refs\n${B} refs/heads/not-main\n${A} refs/heads/main\n^${B}\n` },
      '.',
    ],
    [
      'of a branch that moved after it was packed',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': A, '.git/packed-refs': `${B} refs/heads/main\n` },
      '.',
    ],
    ['that is checked out by itself', { '.git/HEAD': `${A}\n` }, '.'],
    ['from a folder further down', { '.git/HEAD': A, 'apps/shop/compose.yaml': '' }, 'apps/shop'],
    [
      'of a linked work tree',
      {
        'tree/.git': 'gitdir: ../main/.git/worktrees/tree\n',
        'main/.git/worktrees/tree/HEAD': 'ref: refs/heads/x\n',
        'main/.git/worktrees/tree/commondir': '../..\n',
        'main/.git/refs/heads/x': A,
      },
      'tree',
    ],
  ];
  it.each(found)('is read %s', async (_name, contents, from) => {
    await files(contents);
    expect(await headCommit(join(folder, from))).toBe(A);
  });

  const unknown: readonly [string, Readonly<Record<string, string>>][] = [
    ['there is no work tree', { 'compose.yaml': '' }],
    ['nothing was committed yet', { '.git/HEAD': 'ref: refs/heads/main\n' }],
    ['it is kept in another way', { '.git/HEAD': 'ref: refs/heads/.invalid\n', '.git/reftable/tables.list': '' }],
    ['a branch leads out of it', { '.git/HEAD': 'ref: refs/heads/../../../secret\n', secret: A }],
    ['it holds something else', { '.git/HEAD': 'main\n' }],
    ['the file beside it is none of Git’s', { '.git': 'hello\n' }],
  ];
  it.each(unknown)('is not known when %s', async (_name, contents) => {
    await files(contents);
    expect(await headCommit(folder)).toBeNull();
  });
});
