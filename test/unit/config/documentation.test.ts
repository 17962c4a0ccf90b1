import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_VARIABLES } from '../../../src/config/environment-variables.ts';
import { workspaceJsonSchema, workspaceKeys } from '../../../src/config/workspace-json-schema.ts';

/** `UPDATE_DOCS=1` writes what is derived into the documents; without it they must already say so. */
const update = process.env['UPDATE_DOCS'] === '1';
const root = join(import.meta.dirname, '../../..');

function expectDerived(file: string, mark: string, derived: string): void {
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  const between = new RegExp(`(<!-- ${mark} -->\n)[\\s\\S]*?(\n<!-- /${mark} -->)`);
  expect(text).toMatch(between);
  if (update)
    writeFileSync(
      path,
      text.replace(between, (_, open: string, close: string) => `${open}${derived}${close}`),
    );
  else expect(between.exec(text)?.[0]).toBe(`<!-- ${mark} -->\n${derived}\n<!-- /${mark} -->`);
}

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

describe('the documentation', () => {
  it('lists every key of shipmate.yml as the schema has it', () => {
    const rows = workspaceKeys().map(({ key, required, description }) => [`\`${key}\``, required ? 'yes' : '', description]);
    expectDerived('docs/configuration.md', 'workspace keys', table(['Key', 'Required', 'Meaning'], rows));
  });

  it('lists every environment variable that is read', () => {
    const rows = ENVIRONMENT_VARIABLES.map(({ name, secret, meaning, fallback }) => [
      secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``,
      meaning,
      fallback,
    ]);
    expectDerived('docs/configuration.md', 'environment', table(['Variable', 'Meaning', 'Otherwise'], rows));
  });

  it('keeps shipmate.schema.json equal to the schema, for editors', () => {
    const schema = `${JSON.stringify(workspaceJsonSchema(), null, 2)}\n`;
    const path = join(root, 'shipmate.schema.json');
    if (update) writeFileSync(path, schema);
    else expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(schema));
  });

  it('links only to files that exist', () => {
    const documents = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];
    const broken = documents.flatMap((document) =>
      [...readFileSync(join(root, document), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(root, dirname(document), target)))
        .map((target) => `${document}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('package-lock.json', () => {
  it('names the optional packages of every platform, without which npm ci refuses it (scripts/complete-lock.mjs)', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const platform = /android|darwin|freebsd|linux|win32|openharmony/;
    const missing = Object.entries(packages)
      .filter(([path]) => path !== '')
      .flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies).filter(
          (name) => platform.test(name) && !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
        ),
      );
    expect(missing).toEqual([]);
  });
});
