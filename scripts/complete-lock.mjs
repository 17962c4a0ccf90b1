/**
 * Run after adding a dependency: writes into package-lock.json the optional packages of other platforms that npm left out.
 * npm omits them when the registry in use does not carry them, and `npm ci` then refuses the file everywhere else.
 * Their versions are exact in the package that wants them; they are never installed on a platform they do not name.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'windows', 'aix', 'wasm32'];
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'x86', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32'];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '') continue;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    const isPlaced = lock.packages[place] !== undefined || lock.packages[`${path}/${place}`] !== undefined;
    const parts = name.split(/[-/]/);
    const system = SYSTEMS.find((word) => parts.includes(word));
    if (isPlaced || system === undefined || !/^\d+\.\d+\.\d+/.test(version)) continue;
    const libc = parts.some((part) => part.startsWith('musl')) ? 'musl' : parts.some((part) => part.startsWith('gnu')) ? 'glibc' : null;
    const processor = PROCESSORS.find((word) => parts.includes(word) || parts.some((part) => part.startsWith(`${word}_`)));
    lock.packages[place] = {
      version,
      ...(processor && { cpu: [processor] }),
      ...(entry.dev && { dev: true }),
      ...(libc && { libc: [libc] }),
      optional: true,
      os: [system === 'windows' ? 'win32' : system],
    };
    added.push(name);
  }
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  writeFileSync(`${FILE}.tmp`, `${JSON.stringify(lock, null, 2)}\n`);
  renameSync(`${FILE}.tmp`, FILE);
}
process.stdout.write(added.length === 0 ? 'package-lock.json is complete\n' : `added ${added.length}: ${added.join(', ')}\n`);
