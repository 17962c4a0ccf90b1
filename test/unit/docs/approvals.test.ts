import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseWorkspace } from '../../../src/config/workspace.ts';

const document = readFileSync(join(import.meta.dirname, '../../../docs/approvals.md'), 'utf8');

it('shows an example that is taken as it stands, and means what its comments say', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-docs-'));
  writeFileSync(join(folder, 'compose.yaml'), '');
  const parsed = parseWorkspace(example, 'shipmate.yml', folder);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings, null, 2));
  const { environments, groups, apps } = parsed.workspace;
  expect(environments['production']).toMatchObject({
    protected: true,
    after: 'staging',
    deployers: ['owner', 'admin', 'developer'],
    rollbackWithoutApproval: ['incident'],
    approvals: {
      rules: [
        { count: 1, from: ['owner'] },
        { count: 1, from: ['security', 'database'] },
      ],
      expiresAfterMs: 2 * 3_600_000,
      waitMs: 5 * 60_000,
      remindAfterMs: 15 * 60_000,
      escalateAfterMs: 30 * 60_000,
      escalateTo: ['incident'],
      secondFactor: true,
    },
  });
  expect(groups).toEqual({ security: ['linus', 'olga'], database: ['slack-group:S90MN1OP2'] });
  expect(apps['shop']?.environments['production']?.channels).toHaveLength(3);
  expect(new RegExp(environments['production']?.reason?.pattern ?? '').test(environments['production']?.reason?.example ?? '')).toBe(true);
});

it('shows pictures that exist', () => {
  const pictures = [...document.matchAll(/<img src="([^"]+)"/g)].map(([, path = '']) => path);
  expect(pictures).toHaveLength(2);
  expect(pictures.filter((path) => !existsSync(join(import.meta.dirname, '../../../docs', path)))).toEqual([]);
});
