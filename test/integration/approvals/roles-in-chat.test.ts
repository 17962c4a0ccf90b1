import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { decideApproval } from '../../../src/application/approvals/decide-approval.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { requestDeployment } from '../../../src/application/request-deployment.ts';
import { runDeployment } from '../../../src/application/run-deployment.ts';
import { LiveAccess } from '../../../src/cli/live-access.ts';
import type { Role } from '../../../src/domain/permissions.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { type Name, personOf, policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';

/** Roles given in chat decide like any other: when somebody asks, when they agree, and again when it runs. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

class Started extends Error {}

/** One process that follows roles in chat, and another one that changes them. */
async function setUp() {
  const lab = await ApprovalLab.open([test.database, test.another()], { policy: policyOf([{ count: 1, from: ['owner'] }]) });
  const configured = () => lab.parts().workspace();
  const access = await LiveAccess.open({ database: test.database, workspace: configured, clock: systemClock, logger: silentLogger });
  const failpoints = {
    hit: async (name: string) => {
      if (name === 'started') throw new Started();
    },
  };
  let parts: Parts = { ...lab.parts(), workspace: () => access.current, failpoints };
  const other = lab.database(1);

  async function give(name: Name, role: Role): Promise<void> {
    const grantedBy = { id: lab.idOf('olga'), name: 'Olga' };
    await other.stores.access.grant({ app: lab.app, personId: lab.idOf(name), role, grantedBy, grantedAt: 0, expiresAt: null });
    await tell(name, role, true);
  }
  async function take(name: Name, role: Role): Promise<void> {
    await other.stores.access.revoke(lab.app, lab.idOf(name), role);
    await tell(name, role, false);
  }
  /** As a process sees it to which no notification has come. */
  function freeze(): void {
    const { current } = access;
    parts = { ...parts, workspace: () => current };
  }
  async function tell(name: Name, role: Role, holds: boolean): Promise<void> {
    await other.notify(other.stores, 'access', lab.app);
    await expect.poll(() => access.current.apps[lab.app]?.roles[role].includes(lab.idOf(name))).toBe(holds);
  }
  /** Taken away, and nobody told. */
  async function unheard(name: Name, role: Role): Promise<void> {
    await other.stores.access.revoke(lab.app, lab.idOf(name), role);
  }
  async function ask(name: Name): Promise<string> {
    const origin = { platform: 'web', channel: 'ops', deliveryId: `${lab.suffix}-${name}` };
    const target = { app: lab.app, environment: 'production', version: '1.0.0', reason: null, origin };
    const asked = await requestDeployment(parts, { ...target, person: personOf(name, lab.suffix) });
    if (!isRefusal(asked)) lab.asked.push(asked.deployment.id);
    return isRefusal(asked) ? asked.refused : 'asked';
  }
  async function approve(name: Name): Promise<string> {
    const vote = { person: personOf(name, lab.suffix), request: lab.asked[0] ?? '', decision: 'approve', reason: null } as const;
    const decided = await decideApproval(parts, { ...vote, proof: null, source: 'web:ops' });
    return isRefusal(decided) ? decided.refused : 'outcome' in decided ? decided.outcome : 'asks for a factor';
  }
  async function run(): Promise<'started' | 'did not start'> {
    try {
      await runDeployment(parts, lab.asked[0] ?? '', new AbortController().signal);
      return 'did not start';
    } catch (error) {
      if (error instanceof Started) return 'started';
      throw error;
    }
  }
  return { lab, give, take, freeze, unheard, ask, approve, run, close: () => access.close() };
}

describe('a role given in chat', () => {
  it('lets somebody ask, approve and run', async () => {
    const { give, ask, approve, run, close } = await setUp();
    expect(await ask('mallory')).toBe('unknown_app');
    await give('mallory', 'developer');
    expect(await ask('mallory')).toBe('asked');
    expect(await approve('vera')).toBe('not_an_approver');
    await give('vera', 'owner');
    expect(await approve('vera')).toBe('approved');
    expect(await run()).toBe('started');
    await close();
  });

  it('lets nobody approve once it was taken away', async () => {
    const { give, take, ask, approve, close } = await setUp();
    await give('vera', 'owner');
    expect(await ask('dana')).toBe('asked');
    await take('vera', 'owner');
    expect(await approve('vera')).toBe('not_an_approver');
    await close();
  });

  it('that was taken away decides nothing in a process that has not heard of it yet', async () => {
    const { lab, give, freeze, unheard, ask, approve, run, close } = await setUp();
    await give('vera', 'owner');
    await give('mallory', 'owner');
    expect(await ask('dana')).toBe('asked');
    freeze();
    await unheard('mallory', 'owner');
    expect(await approve('mallory')).toBe('not_an_approver');
    expect(await approve('vera')).toBe('approved');
    await unheard('vera', 'owner');
    expect(await run()).toBe('did not start');
    expect(await lab.stateOf(0)).toMatch(/^voided /);
    await close();
  });

  it.each([
    ['of who approved', 'vera', 'owner'],
    ['of who asked', 'mallory', 'developer'],
  ] as const)('%s, taken away between approval and run, stops it', async (_, name, role) => {
    const { lab, give, take, ask, approve, run, close } = await setUp();
    await give('vera', 'owner');
    await give('mallory', 'developer');
    expect(await ask('mallory')).toBe('asked');
    expect(await approve('vera')).toBe('approved');
    await take(name, role);
    expect(await run()).toBe('did not start');
    expect(await lab.stateOf(0)).toMatch(/^voided /);
    await close();
  });
});
