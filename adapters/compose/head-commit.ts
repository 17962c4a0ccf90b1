import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const HASH = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
/** As Git allows them, and nothing that leads out of its folder: https://git-scm.com/docs/git-check-ref-format */
const REF = /^refs\/(?!.*\.\.)[\w./+@-]{1,200}$/;
/** A repository with tens of thousands of branches stays below. */
const LARGEST_FILE = 16 * 1024 * 1024;

/**
 * The commit that a Git work tree is at, read from its files: where Git is not installed, or refuses because the folder is somebody
 * else's, as in a container. Null when there is no work tree, or it is kept in a way that is not read here (reftable).
 * https://git-scm.com/docs/gitrepository-layout
 */
export async function headCommit(folder: string): Promise<string | null> {
  const own = await gitFolder(resolve(folder));
  if (own === null) return null;
  const head = await text(join(own, 'HEAD'));
  const ref = /^ref: (\S+)$/.exec(head ?? '')?.[1];
  if (ref === undefined) return hash(head);
  if (!REF.test(ref)) return null;
  // Of a linked work tree, branches are kept in the main one.
  const common = resolve(own, (await text(join(own, 'commondir'))) ?? '.');
  return hash(await text(join(common, ref))) ?? packed(await text(join(common, 'packed-refs')), ref);
}

/** `.git` of this folder or of one above; a file of that name says where it is (a linked work tree, a submodule). */
async function gitFolder(folder: string): Promise<string | null> {
  const here = join(folder, '.git');
  const found = await stat(here).catch(() => null);
  if (found?.isDirectory() === true) return here;
  if (found?.isFile() === true) {
    const [, named] = /^gitdir: (.+)$/.exec((await text(here)) ?? '') ?? [];
    return named === undefined ? null : resolve(folder, named);
  }
  const above = dirname(folder);
  return above === folder ? null : gitFolder(above);
}

function packed(refs: string | null, wanted: string): string | null {
  const line = refs?.split('\n').find((each) => each.endsWith(` ${wanted}`));
  return hash(line?.slice(0, -wanted.length - 1) ?? null);
}

function hash(found: string | null): string | null {
  return found !== null && HASH.test(found) ? found : null;
}

async function text(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true || found.size > LARGEST_FILE) return null;
  return readFile(path, 'utf8').then(
    (content) => content.trim(),
    () => null,
  );
}
