import { dirname, posix } from 'node:path';
import type { ProjectFiles } from '../../../adapters/compose/project-files.ts';
import { type ProjectRequest, type ProjectResult, readProject } from '../../../adapters/compose/read-project.ts';
import type { ServiceSpec } from '../../../src/domain/service-spec.ts';
import type { StackSpec } from '../../../src/domain/stack-spec.ts';
import { describeFinding, type Finding } from '../../../src/ports/app-source.ts';
import type { EnginePolicy } from '../../../src/ports/workspace.ts';

const PROJECT = '/workspace/shop';

/** Files by path, relative to the project folder. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

function memoryFiles(files: Files): ProjectFiles {
  const byPath = new Map(Object.entries(files).map(([name, content]) => [posix.resolve(PROJECT, name), content]));
  return {
    read(path, scope) {
      if (scope === 'project' && path !== PROJECT && !path.startsWith(`${PROJECT}/`)) return { failure: 'outside' };
      const content = byPath.get(path);
      if (content === undefined) return { failure: 'missing' };
      return { bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content };
    },
  };
}

const STRICT_POLICY: EnginePolicy = {
  allowBindMounts: [],
  allowAddedCapabilities: [],
  allowRootUser: true,
  encryptNetworks: false,
  probeImage: null,
};

export type Options = Partial<Omit<ProjectRequest, 'files' | 'policy' | 'composeFiles'>> & {
  readonly policy?: Partial<EnginePolicy>;
  readonly composeFiles?: readonly string[];
};

/** Reads `compose.yaml`, or the files named in the options, as the app `shop` in `staging`. */
export function read(files: Files | string, options: Options = {}): ProjectResult {
  const all = typeof files === 'string' ? { 'compose.yaml': files } : files;
  const composeFiles = (options.composeFiles ?? ['compose.yaml']).map((name) => posix.resolve(PROJECT, name));
  return readProject({
    app: 'shop',
    environment: 'staging',
    version: null,
    projectFolder: PROJECT,
    workspaceFolder: dirname(PROJECT),
    envFiles: [],
    variables: {},
    profiles: [],
    fingerprint: (bytes) => `f${bytes.length.toString(16).padStart(11, '0')}`,
    ...options,
    composeFiles,
    policy: { ...STRICT_POLICY, ...options.policy },
    files: memoryFiles(all),
  });
}

export function readSpec(files: Files | string, options: Options = {}): StackSpec {
  const result = read(files, options);
  if (!result.ok) throw new Error(`refused:\n${result.findings.map(describeFinding).join('\n')}`);
  return result.spec;
}

/** One service called `web` with an image and the given lines. */
export function readWeb(lines: string, rest = '', options: Options = {}): ServiceSpec {
  const spec = readSpec(web(lines, rest), options).services['web'];
  if (spec === undefined) throw new Error('there is no service web');
  return spec;
}

export function web(lines: string, rest = ''): string {
  const indented = lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  return `services:\n  web:\n    image: shop/web:1\n${indented}\n${rest}\n`;
}

/** `file:line key: problem remedy`, one a finding, without the folder of the project. */
export function refusals(files: Files | string, options: Options = {}): readonly string[] {
  const result = read(files, options);
  return result.ok ? [] : result.findings.map(short);
}

export function warnings(files: Files | string, options: Options = {}): readonly string[] {
  const result = read(files, options);
  if (!result.ok) throw new Error(`refused:\n${result.findings.map(describeFinding).join('\n')}`);
  return result.warnings.map(short);
}

function short(finding: Finding): string {
  return describeFinding({ ...finding, file: finding.file.replace(/^shop\//, '') });
}
