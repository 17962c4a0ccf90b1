import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rolesOf } from '../../../src/application/authorize.ts';
import { parseWorkspace } from '../../../src/config/workspace.ts';
import { rolesThatMay } from '../../../src/domain/permissions.ts';

describe('the example workspace of the shop', () => {
  it('has somebody to sign off the glass, whoever breaks it', () => {
    const folder = join(import.meta.dirname, '../../../examples/shop');
    const file = join(folder, 'shipmate.yml');
    const parsed = parseWorkspace(readFileSync(file, 'utf8'), file, folder);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
    const { apps, people } = parsed.workspace;
    for (const app of Object.values(apps)) {
      const reviewers = Object.values(people).filter((person) =>
        rolesOf(app, person).some((role) => rolesThatMay('review').includes(role)),
      );
      for (const breaker of app.roles.incident) expect(reviewers.filter(({ id }) => id !== breaker)).not.toEqual([]);
    }
  });
});
