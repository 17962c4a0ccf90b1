import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isKeepable } from '../../../adapters/web/client/model/keepable.ts';
import type { Kept } from '../../../adapters/web/client/model/kept.ts';
import { readDraft, writeDraft } from '../../../adapters/web/client/view/drafts.ts';

const SECRETS = [
  '/secret set shop staging DB_URL hunter2',
  '/SECRET set shop',
  '/secert set shop staging DB_URL hunter2',
  '/shipmate secret set shop staging DB_URL hunter2',
  '  /link ABCDE-23456',
  'the new one is ghp_abcdefghijklmnop',
  'postgres://shop:hunter2@db:5432/shop',
  'password: hunter2',
  'API_KEY=hunter2',
  '-----BEGIN PRIVATE KEY-----',
  `look: ${randomBytes(32).toString('base64')}aB1`,
];

describe('a draft', () => {
  it.each(SECRETS)('of “%s” is not kept', (text) => expect(isKeepable(text)).toBe(false));

  it.each([
    'good morning, who looks at this?',
    '/deploy shop production 1.4.2 --reason "SHOP-123: fixes the basket"',
    '/status shop',
    'https://github.com/acme/shop/pull/1234',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  ])('of “%s” is kept', (text) => expect(isKeepable(text)).toBe(true));

  it('that becomes a secret while it is typed is taken out of the browser’s storage', () => {
    const stored = new Map<string, unknown>();
    const kept: Kept = {
      read: (name, fallback, isValid) => {
        const value = stored.get(name);
        return isValid(value) ? value : fallback;
      },
      write: (name, value) => void stored.set(name, value),
    };
    writeDraft(kept, 'ops', 'hello');
    writeDraft(kept, 'deploys', 'the password');
    expect(readDraft(kept, 'deploys')).toBe('the password');
    writeDraft(kept, 'deploys', 'the password: hunter2');
    expect(readDraft(kept, 'deploys')).toBe('');
    expect(readDraft(kept, 'ops')).toBe('hello');
    expect(JSON.stringify([...stored])).not.toContain('password');
  });
});
