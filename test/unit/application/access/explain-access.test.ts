import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../../commands/index.ts';
import { CHANGES_ENVIRONMENT, explainAccess } from '../../../../src/application/access/explain-access.ts';
import { withGrants } from '../../../../src/application/access/with-grants.ts';
import { authorize, rolesOf } from '../../../../src/application/authorize.ts';
import { PERMISSIONS, ROLES } from '../../../../src/domain/permissions.ts';
import { isRefusal } from '../../../../src/domain/refusal.ts';
import { policyOf } from '../../../support/approvals/cast.ts';
import { anApp, anEnvironment, aWorkspace } from '../../../support/builders.ts';

const PEOPLE = ['olga', 'adam', 'dana', 'vera', 'sara'] as const;
const approvals = policyOf([
  { count: 1, from: ['owner', 'admin'] },
  { count: 1, from: ['security'] },
]);
const workspace = aWorkspace({
  apps: {
    shop: anApp('shop'),
    blog: anApp('blog', { roles: { owner: [], admin: [], developer: ['slack-group:S1'], viewer: [], incident: ['dana'] } }),
  },
  environments: {
    staging: anEnvironment('staging', { deployers: ['owner', 'admin', 'developer'] }),
    production: anEnvironment('production', { protected: true, deployers: ['admin'], approvals, rollbackWithoutApproval: ['incident'] }),
  },
  groups: { security: ['sara'] },
  people: Object.fromEntries(PEOPLE.map((id) => [id, { id, name: id.toUpperCase(), identities: {} }])),
});

function explained(id: string, app: string, groups: readonly string[] = [], from = workspace) {
  const answer = explainAccess(from, { id, name: id, groups }, app);
  if (isRefusal(answer)) throw new Error(answer.message);
  const [first] = answer;
  if (first === undefined || answer.length !== 1) throw new Error('one app was asked for');
  return first;
}

describe('what /whoami explains', () => {
  it('is what happens when they do it, for everybody, everything and everywhere', () => {
    const anyone = fc.record({
      id: fc.constantFrom(...PEOPLE, 'slack:T1/U1'),
      groups: fc.constantFrom([], ['slack-group:S1']),
      app: fc.constantFrom('shop', 'blog'),
      given: fc.option(fc.constantFrom(...ROLES)),
    });
    fc.assert(
      fc.property(anyone, ({ id, groups, app, given }) => {
        const grantedBy = { id: 'olga', name: 'Olga' };
        const grants = given === null ? [] : [{ app, personId: id, role: given, grantedBy, grantedAt: 0, expiresAt: 9 }];
        const now = withGrants(workspace, grants);
        const person = { id, name: id, groups };
        const config = now.apps[app];
        if (config === undefined || rolesOf(config, person).length === 0) return;
        const one = explained(id, app, groups, now);
        const may = (permission: (typeof PERMISSIONS)[number], environment: string | null) =>
          !isRefusal(authorize(now, { person, app, environment, permission, changes: CHANGES_ENVIRONMENT[permission] }));
        for (const { permission, decision } of one.everywhere) expect(decision.allowed).toBe(may(permission, null));
        for (const { environment, answers } of one.environments) {
          for (const { permission, decision } of answers)
            expect([permission, decision.allowed]).toEqual([permission, may(permission, environment)]);
        }
        expect(one.roles.map(({ role }) => role)).toEqual(rolesOf(config, person));
        for (const { origins } of one.roles) expect(origins.length).toBeGreaterThan(0);
      }),
    );
  });

  it('leaves out no permission', () => {
    const { everywhere, environments } = explained('dana', 'shop');
    expect([...everywhere, ...(environments[0]?.answers ?? [])].map(({ permission }) => permission).sort()).toEqual(
      [...PERMISSIONS].sort(),
    );
  });

  it('knows of every command that changes an environment that it does', () => {
    for (const { permission, changesEnvironment } of commands) {
      if (permission !== null && changesEnvironment) expect([permission, CHANGES_ENVIRONMENT[permission]]).toEqual([permission, true]);
    }
  });

  it('names those who may, and where each role comes from', () => {
    const grant = {
      app: 'shop',
      personId: 'vera',
      role: 'developer',
      grantedBy: { id: 'olga', name: 'Olga' },
      grantedAt: 0,
      expiresAt: 9,
    } as const;
    const { roles, environments, everywhere } = explained('vera', 'shop', [], withGrants(workspace, [grant]));
    expect(roles).toEqual([
      { role: 'developer', origins: [{ from: 'chat', by: { id: 'olga', name: 'Olga' }, until: 9 }] },
      { role: 'viewer', origins: [{ from: 'file' }] },
    ]);
    expect(everywhere.find(({ permission }) => permission === 'grant')).toMatchObject({ ask: ['OLGA'] });
    const production = environments.find(({ environment }) => environment === 'production');
    expect(production?.answers.find(({ permission }) => permission === 'deploy')).toEqual({
      permission: 'deploy',
      decision: { allowed: false, reason: 'environment_restricted' },
      ask: ['ADAM'],
    });
    expect(explained('x', 'blog', ['slack-group:S1']).roles).toEqual([
      { role: 'developer', origins: [{ from: 'group', group: 'slack-group:S1' }] },
    ]);
  });

  it('says who approves, and who goes back without asking', () => {
    const approvalOf = (id: string, app = 'shop') =>
      explained(id, app).environments.find(({ environment }) => environment === 'production')?.approval;
    expect(approvalOf('adam')).toMatchObject({ counts: true, ask: ['OLGA', 'SARA'], rollsBackFreely: false });
    expect(approvalOf('dana')).toMatchObject({ counts: false, ask: ['OLGA', 'ADAM', 'SARA'] });
    expect(approvalOf('dana', 'blog')).toMatchObject({ rollsBackFreely: true });
    expect(explained('adam', 'shop').environments.find(({ environment }) => environment === 'staging')?.approval).toBeNull();
  });

  it('is nothing for an app that they may not see, like one that does not exist', () => {
    for (const app of ['blog', 'gone', 'constructor']) {
      expect(explainAccess(workspace, { id: 'vera', name: 'V' }, app)).toMatchObject({ refused: 'unknown_app', hint: 'Your apps: shop.' });
    }
    expect(explainAccess(workspace, { id: 'nobody', name: 'N' }, null)).toEqual([]);
  });
});
