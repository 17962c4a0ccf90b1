import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Asset = { readonly body: Buffer; readonly contentType: string; readonly etag: string };

/** Everything the browser loads, read once at the start. All addresses contain `version`, so they never go stale. */
export type ClientAssets = {
  readonly version: string;
  /** By path below `/assets/<version>/`. */
  readonly files: ReadonlyMap<string, Asset>;
  readonly importMap: string;
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** Bare imports of the client and the file of the browser build. */
const VENDOR: Readonly<Record<string, string>> = {
  preact: 'preact.mjs',
  'preact/hooks': 'hooks.mjs',
  htm: 'htm.mjs',
  'htm/preact': 'index.mjs',
};

/** For the pages behind private links, which load it as a plain script: the package's browser build is beside what Node loads. */
const WEBAUTHN = { path: 'vendor/simplewebauthn.js', package: '@simplewebauthn/browser', file: '../dist/bundle/index.umd.min.js' };

export async function loadClientAssets(): Promise<ClientAssets> {
  const sources = new Map<string, { body: Buffer; contentType: string }>();
  const folder = fileURLToPath(new URL('./client/', import.meta.url));
  for (const file of await filesBelow(folder)) {
    const contentType = CONTENT_TYPES[extname(file)];
    if (contentType === undefined) continue;
    const path = `client/${relative(folder, file).replaceAll('\\', '/')}`;
    const text = await readFile(file, 'utf8');
    const body = Buffer.from(extname(file) === '.ts' ? withoutTypes(text) : text);
    sources.set(path, { body, contentType });
  }
  const require = createRequire(import.meta.url);
  for (const [name, file] of Object.entries(VENDOR)) {
    // Each package keeps its browser build beside the file that Node would load.
    const body = await readFile(join(dirname(require.resolve(name)), file));
    sources.set(vendorPath(name), { body, contentType: 'text/javascript; charset=utf-8' });
  }
  const webauthn = await readFile(join(dirname(require.resolve(WEBAUTHN.package)), WEBAUTHN.file));
  sources.set(WEBAUTHN.path, { body: webauthn, contentType: 'text/javascript; charset=utf-8' });

  const hash = createHash('sha256');
  for (const [path, { body }] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(path).update(body);
  const version = hash.digest('hex').slice(0, 12);
  const files = new Map([...sources].map(([path, source]) => [path, { ...source, etag: `"${version}"` }]));
  const imports = Object.fromEntries(Object.keys(VENDOR).map((name) => [name, `/assets/${version}/${vendorPath(name)}`]));
  return { version, files, importMap: JSON.stringify({ imports }) };
}

/**
 * Types become blanks: browsers run the same lines that stand in the source. Node 24 reports on standard error, once a process,
 * that the function may change; the call is synchronous, so that nobody else's warning can be held back with it.
 */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function vendorPath(name: string): string {
  return `vendor/${name.replaceAll('/', '-')}.mjs`;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
