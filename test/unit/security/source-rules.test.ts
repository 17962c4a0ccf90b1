import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What no product code may do. A file that has to is named here with the reason, so that the next one is a decision, too. */
const root = join(import.meta.dirname, '../../..');
const files = globSync('{src,adapters,commands,migrations}/**/*.ts', { cwd: root }).map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));

function filesWith(pattern: RegExp): readonly string[] {
  return files
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .sort();
}

/** `example`: what the pattern is there to find. */
function expectNowhere(pattern: RegExp, example: string): void {
  expect(example).toMatch(pattern);
  expect(filesWith(pattern)).toEqual([]);
}

describe('product code', () => {
  it('is all looked at', () => {
    expect(files.length).toBeGreaterThan(400);
  });

  it('runs no text as code', () => {
    expectNowhere(/\beval\(|\bnew Function\(|from 'node:vm'/, 'eval(text)');
  });

  it('writes no HTML into a page from scripts', () => {
    expectNowhere(/\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML)\b/, 'element.innerHTML = text');
  });

  it('follows no redirect of anybody: whoever is asked says so at every request', () => {
    // The browser's and the terminal's part ask our own server only.
    const asked = files
      .filter(({ path }) => !/^adapters\/(?:web\/client|terminal)\//.test(path))
      .flatMap(({ text }) => text.split(/(?<![\w.])fetch\(/).slice(1));
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((rest) => !/^.{0,400}?\bredirect: '(?:manual|error)'/s.test(rest)).map((rest) => rest.slice(0, 60))).toEqual([]);
  });

  it('sends nobody elsewhere: from one of our pages to the same only', () => {
    expect(filesWith(/\.redirect\(/)).toEqual(['adapters/web/factor-pages/factor-routes.ts']);
    const targets = files.flatMap(({ text }) => [...text.matchAll(/\.redirect\((.{6})/g)].map(([, target]) => target));
    expect(targets).toEqual(['`/mfa/']);
  });

  it('makes a pattern of nothing that people type: of our own words, or of what the policy says', () => {
    expect(filesWith(/\bnew RegExp\(|\bRegExp\((?!\))/)).toEqual([
      'adapters/discord/mentions.ts',
      'adapters/slack/listen-commands.ts',
      'adapters/slack/mention-text.ts',
      'adapters/slack/render-select.ts',
      'src/application/deploy-policy.ts',
      'src/config/check-workspace.ts',
      'src/domain/credentials.ts',
    ]);
  });

  it('starts no shell', () => {
    expectNowhere(/(?<![.\w])exec(?:Sync)?\(|\bshell:\s*true|'(?:\/bin\/)?(?:ba)?sh', \['-c'/, 'execSync(command)');
  });

  it('trusts no certificate unseen', () => {
    expectNowhere(/rejectUnauthorized:\s*false|NODE_TLS_REJECT|checkServerIdentity/, '{ rejectUnauthorized: false }');
  });

  it('uses no broken hash', () => {
    expectNowhere(/create(?:Hash|Hmac)\('(?!sha(?:256|384|512)')/, "createHash('md5')");
  });

  it('encrypts with authentication only', () => {
    expectNowhere(/create(?:C|Dec)ipheriv\('(?!aes-256-gcm')/i, "createCipheriv('aes-256-cbc', key, iv)");
  });

  it('answers no other origin', () => {
    expectNowhere(/access-control-allow-origin|@fastify\/cors/i, "header('Access-Control-Allow-Origin', '*')");
  });

  it('takes no messages of other windows', () => {
    expectNowhere(/(?:window|self|globalThis)\.addEventListener\('message'|\bonmessage\s*=/, 'window.onmessage = take');
  });

  it('takes chance for secrets from the operating system: Math.random only spreads tries over time', () => {
    expect(filesWith(/Math\.random\(/)).toEqual(['adapters/web/client/live.ts', 'src/chat-core/delivery/platform-delivery.ts']);
  });

  it('hands texts to the database as parameters: none is put into a statement as it is', () => {
    const raw = filesWith(/\bsql\.raw\(/);
    // Statements of our own, without anything that anybody typed.
    expect(raw.filter((path) => !path.startsWith('migrations/'))).toEqual([]);
  });
});

describe('the image for production', () => {
  it('gets a list of folders and nothing beside them: no history, tests or secrets', () => {
    const [first, ...rest] = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    expect(rest.every((line) => line.startsWith('!'))).toBe(true);
    expect(rest.filter((line) => /^!\.?\/?(?:\.git|test|bench|secrets|workspace|examples|docs|node_modules)?$/.test(line))).toEqual([]);
  });
});
