import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkHookKeys, readHookKeys } from '../../../src/config/hook-keys.ts';
import { parseWorkspace } from '../../../src/config/workspace.ts';
import { describeFinding } from '../../../src/ports/app-source.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shipmate-hooks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(hook: string) {
  const text = `
workspace: Harbour
people: { ada: { name: Ada } }
environments: { staging: , production: }
apps: { shop: { compose: compose.yaml, environments: { staging: }, roles: { owner: ada } } }
hooks: { ci: ${hook} }
`;
  const result = parseWorkspace(text, 'shipmate.yml', folder, () => true);
  return result.ok ? result.workspace.hooks : result.findings.map(describeFinding);
}

describe('hooks of shipmate.yml', () => {
  it('name an app, its environments, the person whose roles they have, and where the secret is', () => {
    expect(read('{ app: shop, environments: [staging], as: ada, secret_file: ci.secret }')).toEqual({
      ci: { name: 'ci', app: 'shop', environments: ['staging'], actsFor: 'ada', secret: { file: join(folder, 'ci.secret') } },
    });
    expect(read('{ app: shop, environments: [staging], as: ada, secret_env: CI_SECRET }')).toMatchObject({
      ci: { secret: { variable: 'CI_SECRET' } },
    });
  });

  it.each([
    ['{ app: shp, environments: [staging], as: ada, secret_env: A }', 'names "shp", which is not under apps.'],
    ['{ app: shop, environments: [production], as: ada, secret_env: A }', 'names "production", which shop does not have.'],
    ['{ app: shop, environments: [staging], as: adam, secret_env: A }', 'names "adam", who is not under people.'],
    ['{ app: shop, environments: [staging], as: ada }', 'needs a secret'],
    ['{ app: shop, environments: [staging], as: ada, secret_env: A, secret_file: b }', 'needs a secret'],
    ['{ app: shop, environments: [], as: ada, secret_env: A }', 'hooks.ci.environments'],
  ])('are refused: %s', (hook, says) => {
    expect(String(read(hook))).toContain(says);
  });
});

describe('the secret of a hook', () => {
  const hook = (secret: { file: string } | { variable: string }) => ({
    hooks: { ci: { name: 'ci', app: 'shop', environments: ['staging'], actsFor: 'ada', secret } },
  });

  it('is read from its file or its variable, several while one replaces another', () => {
    const file = join(folder, 'ci.secret');
    writeFileSync(file, `${SECRET}\n${SECRET.replace('whsec_', '')}\n`);
    expect(readHookKeys({ secret: { file } })).toEqual([new Uint8Array(32).fill(7), new Uint8Array(32).fill(7)]);
    expect(readHookKeys({ secret: { variable: 'CI' } }, { CI: SECRET })).toHaveLength(1);
    expect(checkHookKeys(hook({ variable: 'CI' }), { CI: SECRET })).toEqual([]);
  });

  it.each([
    ['is not set', {}, 'the secret is empty'],
    ['is empty', { CI: '' }, 'the secret is empty'],
    ['is blank', { CI: ' \n' }, 'the secret is empty'],
    ['is a prefix', { CI: 'whsec_' }, 'is not whsec_ and Base64'],
    ['is short', { CI: Buffer.alloc(23).toString('base64') }, 'has 23 bytes and needs 24'],
    ['is no Base64', { CI: 'hunter2-hunter2-hunter2-hunter2!' }, 'is not whsec_ and Base64'],
  ])('that %s lets nothing start, and is not said', (_what, env, says) => {
    const said = checkHookKeys(hook({ variable: 'CI' }), env).map(describeFinding);
    expect(said).toEqual([expect.stringContaining(says)]);
    expect(said.join()).not.toContain('hunter2');
  });

  it('in a file that is not there lets nothing start', () => {
    expect(checkHookKeys(hook({ file: join(folder, 'none') })).map(({ problem }) => problem)).toEqual([
      'the secret’s file cannot be read.',
    ]);
  });
});
