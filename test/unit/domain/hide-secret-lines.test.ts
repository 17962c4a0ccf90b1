import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideSecretLines } from '../../../src/domain/hide-secret-lines.ts';

const hide = (text: string): string => hideSecretLines(text).join('\n');

describe('lines of configuration as people may see them', () => {
  it.each([
    ['a variable', 'LOG: debug\nDB_PASSWORD: hunter2', 'LOG: debug\nDB_PASSWORD: ••••••'],
    ['a line of an env file', 'API_KEY=hunter2', 'API_KEY= ••••••'],
    ['a list item', '  - SECRET_TOKEN=hunter2', '  - SECRET_TOKEN= ••••••'],
    ['a flow mapping from the secret on', 'variables: { A: 1, AUTH: hunter2 }', 'variables: { A: 1, AUTH: ••••••'],
    ['a URL with a password', 'CACHE: redis://u:hunter2@h/0', 'CACHE: ••••••'],
    ['a URL alone', '- amqp://u:hunter2@h/0', '••••••'],
    ['an option in a list', 'command: ["redis", "--requirepass", "hunter2"]', 'command: ••••••'],
    [
      'the item after an option',
      'command:\n  - --requirepass\n  - hunter2\n  - --port',
      'command:\n  - --requirepass\n  - ••••••\n  - --port',
    ],
    ['a block', 'private_key: |\n  hunter2\n\n  hunter2\nnext: 1', 'private_key: ••••••\n  ••••••\n\n  ••••••\nnext: 1'],
    ['a value on the next line', 'token:\n  hunter2\nnext: 1', 'token:\n  ••••••\nnext: 1'],
    [
      'a key block under an innocent name',
      'data: |\n  -----BEGIN PRIVATE KEY-----\n  hunter2\n  -----END PRIVATE KEY-----\nnext: 1',
      'data: |\n  ••••••\n••••••\n••••••\nnext: 1',
    ],
    ['a quoted value over several lines', 'KEY_PRIVATE="-----\nhunter2\n-----"\nA=1', 'KEY_PRIVATE= ••••••\n••••••\n••••••\nA=1'],
  ])('hide %s', (_, text, shown) => {
    expect(hide(text)).toBe(shown);
    expect(hide(text)).not.toContain('hunter2');
  });

  it.each(['image: shop/web:1.0.0', 'secrets:\n  db:\n    file: ./db.txt', 'secrets: [db]', 'A=1', '', 'url: https://example.org/a'])(
    'show %j as it is',
    (text) => {
      expect(hide(text)).toBe(text);
    },
  );

  it('are as many as the text has', () => {
    const line = fc.constantFrom('a: 1', 'token: x', '  token: |', '    y', '', 'P_SECRET="a', 'b"', '- --password', '- z');
    fc.assert(fc.property(fc.array(line), (lines) => hideSecretLines(lines.join('\n')).length === Math.max(1, lines.length)));
  });
});
