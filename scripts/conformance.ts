/**
 * `npm run conformance -- <folder>`: reads every Compose file of a folder as an app of its own and says in one line what would
 * become of it. Ends with status 0 unless reading one crashed: a refusal is a right answer.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { diskFiles } from '../adapters/compose/disk-files.ts';
import { type ProjectResult, readProject } from '../adapters/compose/read-project.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: npm run conformance -- <folder of Compose files>');
  process.exit(2);
}
const root = resolve(folder);
const names = readdirSync(root)
  .filter((name) => /\.ya?ml$/.test(name))
  .sort();
const counts = { planned: 0, refused: 0, crashed: 0 };
for (const name of names) {
  try {
    const result = read(name);
    counts[result.ok ? 'planned' : 'refused'] += 1;
    console.log(`${name}: ${describe(result)}`);
  } catch (fault) {
    counts.crashed += 1;
    console.log(`${name}: CRASHED: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
  }
}
console.log(`${names.length} files: ${counts.planned} planned, ${counts.refused} refused, ${counts.crashed} crashed`);
process.exitCode = counts.crashed === 0 ? 0 : 1;

function read(name: string): ProjectResult {
  return readProject({
    app: 'corpus',
    environment: 'testing',
    version: '1.0.0',
    projectFolder: root,
    workspaceFolder: root,
    composeFiles: [resolve(root, name)],
    envFiles: [],
    variables: {},
    profiles: [],
    policy: { allowBindMounts: [], allowAddedCapabilities: [], allowRootUser: true, encryptNetworks: false, probeImage: null },
    files: diskFiles(root),
    fingerprint: (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 12),
  });
}

function describe(result: ProjectResult): string {
  if (!result.ok) {
    const [first] = result.findings;
    if (first === undefined) return 'refused';
    const place = first.line === null ? first.file : `${first.file}:${first.line}`;
    const more = result.findings.length > 1 ? ` (and ${result.findings.length - 1} more)` : '';
    return `refused: ${place} ${first.key}: ${first.problem}${more}`;
  }
  const { services, networks, volumes, secrets, configs } = result.spec;
  const parts = [
    count(services, 'service'),
    count(networks, 'network'),
    count(volumes, 'volume'),
    count(secrets, 'secret'),
    count(configs, 'config'),
  ];
  const warnings = result.warnings.length === 0 ? '' : `; ${result.warnings.length} warnings`;
  return `planned (${parts.filter((part) => part !== null).join(', ')}${warnings})`;
}

function count(of: Readonly<Record<string, unknown>>, noun: string): string | null {
  const number = Object.keys(of).length;
  return number === 0 ? null : `${number} ${noun}${number === 1 ? '' : 's'}`;
}
