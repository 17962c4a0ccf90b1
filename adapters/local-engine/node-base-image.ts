import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Docker from 'dockerode';
import { type ImageFile, importImage } from './build-image.ts';

/** Where no Linux binary of our own is at hand (another operating system), and a registry is. */
const REGISTRY_BASE = 'node:24-slim';

/**
 * A base image with Node and bash made of this machine's own files, because there may be no registry: this Node, bash,
 * and the shared libraries both need, among them those that the C library loads by name for host names.
 * Returns the tag; makes the image once per Node version. On another system than Linux with glibc it is Docker Hub's.
 */
export async function ensureNodeBaseImage(docker: Docker, announce: (text: string) => void): Promise<string> {
  if (process.platform !== 'linux' || !existsSync('/bin/bash') || !canListLibraries()) return REGISTRY_BASE;
  const tag = `shipmate-example/node:${process.versions.node}`;
  if (await hasImage(docker, tag)) return tag;
  announce(`building the base image ${tag} from this machine's Node and libraries`);
  await importImage(docker, {
    tag,
    files: baseFiles(),
    changes: ['ENV PATH=/usr/local/bin:/usr/bin:/bin', 'WORKDIR /app', 'USER 1000:1000', 'CMD ["node"]'],
  });
  return tag;
}

export async function hasImage(docker: Docker, tag: string): Promise<boolean> {
  try {
    await docker.getImage(tag).inspect();
    return true;
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return false;
    throw error;
  }
}

function canListLibraries(): boolean {
  return existsSync('/usr/bin/ldd') && librariesOf(process.execPath).some((path) => path.includes('libc.so'));
}

function baseFiles(): readonly ImageFile[] {
  const libraries = new Set([...librariesOf(process.execPath), ...librariesOf('/bin/bash')]);
  const libc = [...libraries].find((path) => path.includes('libc.so')) ?? '';
  for (const name of ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2']) {
    const path = join(dirname(libc), name);
    if (existsSync(path)) libraries.add(path);
  }
  const copy = (path: string, from: string, mode = 0o755): ImageFile => ({
    path: path.slice(1),
    content: readFileSync(realpathSync(from)),
    mode,
  });
  return [
    copy('/usr/local/bin/node', process.execPath),
    copy('/bin/bash', '/bin/bash'),
    copy('/bin/sh', '/bin/bash'),
    ...[...libraries].map((path) => copy(path, path)),
    { path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000:node:/home/node:/bin/sh\n' },
    { path: 'etc/group', content: 'root:x:0:\nnode:x:1000:\n' },
    { path: 'etc/nsswitch.conf', content: 'hosts: files dns\n' },
  ];
}

/** Paths as the loader will ask for them: `name => /path (0x…)` and the loader's own line `/lib64/ld-… (0x…)`. */
function librariesOf(executable: string): readonly string[] {
  const output = execFileSync('/usr/bin/ldd', [executable], { encoding: 'utf8' });
  return [...output.matchAll(/(?:=>\s+|^\s*)(\/\S+)\s+\(0x/gm)].flatMap(([, path]) => (path === undefined ? [] : [path]));
}
