import { describe, expect, it } from 'vitest';
import { signOff } from '../../../src/application/approvals/break-glass.ts';
import type { NewAuditRecord } from '../../../src/domain/audit.ts';
import type { BrokenGlass } from '../../../src/domain/broken-glass.ts';
import type { BrokenGlassStore } from '../../../src/ports/approval-store.ts';
import type { AuditLog } from '../../../src/ports/audit-log.ts';
import type { Database, DeploymentStore, Stores } from '../../../src/ports/database.ts';
import type { IdentityStore } from '../../../src/ports/identity-store.ts';
import { aDeployment, anApp, anEnvironment, aWorkspace } from '../../support/builders.ts';
import { only, someParts } from '../../support/builders-parts.ts';

const NAMES = { olga: 'Olga', adam: 'Adam', dana: 'Dana' } as const;
const nobody = { owner: [], admin: [], developer: ['dana'], viewer: [], incident: ['olga'] };

/** Olga broke the glass; `person` signs it off, where these are owners and admins. */
async function signedOffBy(
  person: keyof typeof NAMES | 'stranger',
  roles: { readonly owner: readonly string[]; readonly admin: readonly string[] },
) {
  const records: NewAuditRecord[] = [];
  const broken: BrokenGlass = {
    deploymentId: 'd1',
    app: 'shop',
    environment: 'production',
    by: { id: 'olga', name: 'Olga' },
    reason: 'checkout is down',
    at: 1,
    signedOff: null,
  };
  const stores = only<Stores>('stores', {
    deployments: only<DeploymentStore>('deployments', { findByPrefix: async () => aDeployment({ id: 'd1' }) }),
    identities: only<IdentityStore>('identities', { accountsOf: async () => [], pastAccountsOf: async () => [] }),
    brokenGlass: only<BrokenGlassStore>('brokenGlass', { find: async () => broken, signOff: async () => true }),
    audit: only<AuditLog>('audit', { append: async (record) => void records.push(record) }),
  });
  const database = only<Database>('database', { stores, transact: (work) => work(stores), notify: async () => undefined });
  const workspace = aWorkspace({
    apps: { shop: anApp('shop', { roles: { ...nobody, ...roles } }) },
    environments: { staging: anEnvironment('staging'), production: anEnvironment('production') },
    people: Object.fromEntries(Object.entries(NAMES).map(([id, name]) => [id, { id, name, identities: {} }])),
  });
  const parts = someParts({ workspace: () => workspace, database });
  const answer = await signOff(parts, { person: { id: person, name: person }, deploymentId: 'd1', note: null, source: 'web:ops' });
  return { answer, records: records.map(({ action, actor, result }) => `${action} ${actor} ${result}`) };
}

describe('signing off broken glass', () => {
  it('is for owners and admins', async () => {
    const { answer, records } = await signedOffBy('adam', { owner: ['olga'], admin: ['adam'] });
    expect(answer).toMatchObject({ signedOff: { by: { id: 'adam' } } });
    expect(records).toEqual(['break_glass.sign_off adam done']);
  });

  it('is refused to others in its own words, names somebody who can, and is recorded', async () => {
    const { answer, records } = await signedOffBy('dana', { owner: ['olga'], admin: ['adam'] });
    expect(answer).toMatchObject({
      refused: 'not_allowed',
      message: 'You may not sign off what was done past the approvals of shop production: your role here is developer.',
      // Olga is the owner, and broke it herself.
      hint: 'Ask Adam.',
    });
    expect(records).toEqual(['break_glass.sign_off dana refused']);
  });

  it('tells nobody a name who has no role in the app', async () => {
    // No account shows that this is somebody else than Olga.
    const { answer } = await signedOffBy('stranger', { owner: ['olga'], admin: ['adam'] });
    expect(answer).toMatchObject({ refused: 'own_request', hint: null });
  });

  it('tells whoever broke it who else can, or that nobody can', async () => {
    const own = await signedOffBy('olga', { owner: ['olga'], admin: ['adam'] });
    expect(own.answer).toMatchObject({ refused: 'own_request', hint: 'Ask Adam.' });
    const alone = await signedOffBy('olga', { owner: ['olga'], admin: [] });
    expect(alone.answer).toMatchObject({
      refused: 'own_request',
      hint: 'Nobody else may yet: name somebody else as owner of shop in shipmate.yml.',
    });
  });
});
