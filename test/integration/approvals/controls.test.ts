import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tendHeld } from '../../../src/application/locks/held-deployments.ts';
import { tendOnce } from '../../../src/application/locks/tend-environments.ts';
import type { ApprovalPolicy } from '../../../src/domain/approval-policy.ts';
import { agreedTo } from '../../support/approvals/agreed-to.ts';
import { ApprovalLab, type LabOptions } from '../../support/approvals/approval-lab.ts';
import { MINUTE, machineOf, type Name, personOf, policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

/**
 * Every control of an approval once, on the real database, from the request to the start of the deployment.
 * `npm run mutate:approvals` switches each off and expects a test here to fail.
 */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterAll(() => test.drop());

const ONE = policyOf([{ count: 1, from: ['owner', 'admin', 'security'] }]);
const TWO = policyOf([{ count: 2, from: ['owner', 'admin', 'security'] }]);
const OWNER_AND_SECURITY = policyOf([
  { count: 1, from: ['owner'] },
  { count: 1, from: ['security'] },
]);
const TWO_OF_SECURITY = policyOf([{ count: 2, from: ['security'] }]);
const WITH_FACTOR = policyOf(ONE.rules, { secondFactor: true });

const open = (policy: ApprovalPolicy, options: Partial<LabOptions> = {}) => ApprovalLab.open([test.database], { policy, ...options });

/** Asked for by Dana and approved by Adam: it waits for its turn. */
async function approved(policy = ONE, requester: Name = 'dana'): Promise<ApprovalLab> {
  const lab = await open(policy);
  await lab.asks(requester);
  expect(await lab.vote('adam', 0, 'approve')).toBe('approved');
  expect(await lab.stateOf(0)).toBe('approved queued');
  return lab;
}

/** It does not start, and why is on record. */
async function isDenied(lab: ApprovalLab, state: string, message: string): Promise<void> {
  expect(await lab.run(0)).toBe(false);
  expect(await lab.stateOf(0)).toBe(state);
  expect((await lab.deployment(0)).failure).toMatchObject({ message: expect.stringContaining(message) });
  expect(await lab.run(0)).toBe(false);
  expect(lab.started).toEqual([]);
}

const audited = async (lab: ApprovalLab) =>
  (await lab.stores.audit.list({ subject: `${lab.app}/production`, limit: 50 })).map(
    ({ action, actor, result }) => `${action} ${actor.split('-')[0]} ${result}`,
  );

describe('a deployment to a protected environment', () => {
  it('starts once, after enough people agreed', async () => {
    const lab = await open(TWO);
    await lab.asks('dana');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
    expect(await lab.run(0)).toBe(false);
    expect(await lab.vote('adam', 0, 'approve')).toBe('counted');
    expect(await lab.run(0)).toBe(false);
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
    expect(await lab.vote('sara', 0, 'approve')).toBe('approved');
    expect(await Promise.all([lab.run(0), lab.run(0)])).toContain(true);
    expect(lab.started).toEqual(lab.asked);
    expect(await lab.stateOf(0)).toBe('used running');
    expect(await audited(lab)).toEqual([
      'deployment.start system done',
      'approval.used system done',
      'approval.approve sara done',
      'approval.approve adam done',
      'deployment.request dana done',
      'approval.request dana done',
    ]);
  });

  it('ends with the first no, which says why', async () => {
    const lab = await open(TWO);
    await lab.asks('dana');
    expect(await lab.vote('adam', 0, 'approve')).toBe('counted');
    expect(await lab.vote('olga', 0, 'reject', { reason: ' ' })).toBe('reason_required');
    expect(await lab.vote('olga', 0, 'reject', { reason: 'the migration locks the table' })).toBe('rejected');
    expect(await lab.stateOf(0)).toBe('rejected rejected');
    expect(await lab.request(0)).toMatchObject({ closed: { because: 'the migration locks the table' } });
    expect(await lab.vote('sara', 0, 'approve')).toBe('request_over');
    expect(await lab.run(0)).toBe(false);
  });

  it('is asked for in vain where too few could agree', async () => {
    const lab = await open(OWNER_AND_SECURITY);
    for (const name of ['bob', 'sara', 'slackGuest', 'discordGuest'] as const) lab.revoke(name);
    // Olga is the only owner left, and the only one from security.
    expect(await lab.ask('dana')).toBe('no_approvers');
    lab.restore('bob');
    expect(await lab.ask('olga')).toBe('no_approvers');
    expect(await lab.ask('dana')).toBe('asked 0');
  });
});

describe('nobody approves their own', () => {
  it('by name', async () => {
    const lab = await open(ONE);
    await lab.asks('olga');
    expect(await lab.vote('olga', 0, 'approve')).toBe('own_request');
    expect(await lab.vote('olga', 0, 'reject')).toBe('own_request');
    expect(await audited(lab)).toContain('approval.approve olga refused');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
  });

  it('from an account that is linked to them', async () => {
    const lab = await open(ONE);
    await lab.link('slackGuest', 'olga');
    await lab.asks('olga');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('own_request');
  });

  it('that a machine of theirs asked for', async () => {
    const lab = await open(ONE);
    expect(await lab.ask('olga', { person: machineOf('olga', lab.suffix) })).toBe('asked 0');
    expect(await lab.vote('olga', 0, 'approve')).toBe('own_request');
    expect(await lab.vote('adam', 0, 'approve')).toBe('approved');
    expect(await lab.run(0)).toBe(true);
  });

  it('from an account that may be theirs', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    // Dana has no account on Discord that anybody knows of; she has one in the Slack workspace, and it is another.
    expect(await lab.vote('discordGuest', 0, 'approve')).toBe('own_request');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('approved');
  });

  it('from an account that turns out to be theirs before it runs', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('approved');
    await lab.link('slackGuest', 'dana');
    await isDenied(lab, 'voided cancelled', 'somebody who approved it may not any more');
  });

  it('from an account that was theirs when they asked', async () => {
    const lab = await open(ONE);
    await lab.link('discordGuest', 'adam');
    await lab.asks('discordGuest', { person: await lab.speaks('discordGuest') });
    expect(await lab.vote('discordGuest', 0, 'approve')).toBe('own_request');
    await lab.unlink('discordGuest');
    expect((await lab.speaks('discordGuest')).id).toBe(lab.idOf('discordGuest'));
    expect(await lab.vote('discordGuest', 0, 'approve')).toBe('own_request');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
  });
});

describe('enough people are', () => {
  it('different ones, also when an account was one of theirs before', async () => {
    const lab = await open(TWO);
    await lab.asks('adam');
    await lab.link('discordGuest', 'olga');
    expect(await lab.vote('discordGuest', 0, 'approve')).toBe('counted');
    await lab.unlink('discordGuest');
    expect(await lab.vote('discordGuest', 0, 'approve')).toBe('already_voted');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
  });

  it('different ones', async () => {
    const lab = await open(TWO);
    await lab.asks('dana');
    expect(await lab.vote('adam', 0, 'approve')).toBe('counted');
    expect(await lab.vote('adam', 0, 'approve')).toBe('already_voted');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
    expect((await lab.stores.approvals.votesOf((await lab.request(0)).id)).length).toBe(1);
  });

  it('different humans, as far as their accounts prove', async () => {
    const lab = await open(TWO);
    await lab.asks('adam');
    expect(await lab.vote('discordGuest', 0, 'approve')).toBe('counted');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('already_voted');
    expect(await lab.vote('sara', 0, 'approve')).toBe('already_voted');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
  });

  it('different humans when it runs, too', async () => {
    const lab = await open(TWO);
    await lab.asks('dana');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('counted');
    expect(await lab.vote('bob', 0, 'approve')).toBe('approved');
    await lab.link('slackGuest', 'bob');
    await isDenied(lab, 'voided cancelled', 'somebody who approved it may not any more');
  });

  it('one for each rule, also when they belong to both', async () => {
    const lab = await open(OWNER_AND_SECURITY);
    await lab.asks('dana');
    expect(await lab.vote('olga', 0, 'approve')).toBe('counted');
    expect(await lab.run(0)).toBe(false);
    expect(await lab.vote('bob', 0, 'approve')).toBe('approved');
    expect(await lab.run(0)).toBe(true);
  });

  it('named by the policy', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    expect(await lab.vote('vera', 0, 'approve')).toBe('not_an_approver');
    expect(await lab.vote('mallory', 0, 'approve')).toBe('unknown_request');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
  });

  it('people, and no machines', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    expect(await lab.vote('sara', 0, 'approve', { person: machineOf('adam', lab.suffix) })).toBe('not_an_approver');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
  });
});

describe('an approval ends with its time', () => {
  it('before the last vote', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    lab.now += ONE.expiresAfterMs;
    expect(await lab.vote('adam', 0, 'approve')).toBe('request_over');
    expect(await lab.stateOf(0)).toBe('expired expired');
    expect(await lab.run(0)).toBe(false);
  });

  it('before the deployment starts', async () => {
    const lab = await approved();
    lab.now += ONE.expiresAfterMs;
    expect(await lab.run(0)).toBe(false);
    expect(await lab.stateOf(0)).toBe('expired expired');
    expect(lab.started).toEqual([]);
  });

  it('while nobody looks', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    await lab.tend(0, 'due');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
    lab.now += ONE.expiresAfterMs;
    await lab.tend(0, 'due');
    expect(await lab.stateOf(0)).toBe('expired expired');
  });

  it('and not before: a millisecond earlier it runs', async () => {
    const lab = await approved();
    lab.now += ONE.expiresAfterMs - 1;
    expect(await lab.run(0)).toBe(true);
  });

  it('and does not begin before the waiting time is over', async () => {
    const lab = await open(policyOf(ONE.rules, { waitMs: 10 * MINUTE }));
    await lab.asks('dana');
    expect(await lab.vote('adam', 0, 'approve')).toBe('approved');
    expect(await lab.stateOf(0)).toBe('approved awaiting_approval');
    lab.now += 10 * MINUTE - 1;
    await lab.tend(0, 'due');
    expect(await lab.run(0)).toBe(false);
    expect(await lab.stateOf(0)).toBe('approved awaiting_approval');
    lab.now += 1;
    await lab.tend(0, 'due');
    expect(await lab.run(0)).toBe(true);
  });
});

/** What was approved is exactly what was shown, or it is nothing. */
const CHANGES: readonly (readonly [string, (lab: ApprovalLab) => Promise<void> | void, string])[] = [
  ['the policy', (lab) => lab.set({ policyVersion: 'policy-2' }), 'the policy of production, or of the engine, changed in shipmate.yml'],
  ['the tag', (lab) => lab.set({ image: 'moved' }), 'names another image now'],
  ['the definition', (lab) => lab.set({ definition: 'edited' }), 'the definition of the app, its variables or its secrets changed'],
  ['what the environment runs', (lab) => runsAnother(lab), 'runs 0.9.0 (revision 1) by now'],
];

/** Something else became what the environment runs. */
async function runsAnother(lab: ApprovalLab): Promise<void> {
  const waiting = await lab.deployment(0);
  const other = { ...waiting, id: randomUUID(), version: '0.9.0', state: 'succeeded' } as const;
  await lab.database().transact(async ({ deployments, releases }) => {
    await deployments.insert(other, null);
    await releases.openRevision(lab.stack, other.releaseId, other.version, other.id, lab.now);
  });
}

describe('an approval is void', () => {
  it.each(CHANGES)('for whoever votes after %s changed', async (_, change, because) => {
    const lab = await open(TWO);
    await lab.asks('dana');
    expect(await lab.vote('adam', 0, 'approve')).toBe('counted');
    await change(lab);
    expect(await lab.vote('sara', 0, 'approve')).toBe('request_over');
    expect(await lab.stateOf(0)).toBe('voided cancelled');
    expect((await lab.deployment(0)).failure).toMatchObject({ code: 'approval_void', message: expect.stringContaining(because) });
    expect((await audited(lab))[0]).toBe('approval.voided system done');
  });

  it.each(CHANGES)('in public, with nobody near, after %s changed', async (_, change, because) => {
    for (const votes of [['adam'], ['adam', 'sara']] as const) {
      const lab = await open(TWO);
      await lab.asks('dana');
      for (const name of votes) await lab.vote(name, 0, 'approve');
      await lab.tend(0, 'sources');
      expect(await lab.stateOf(0)).not.toContain('voided');
      await change(lab);
      await lab.tend(0, 'sources');
      expect(await lab.stateOf(0)).toBe('voided cancelled');
      expect((await lab.deployment(0)).failure?.message).toContain(because);
    }
  });

  it('when the policy changed between the approval and the run', async () => {
    const lab = await approved();
    lab.policyVersion = 'policy-2';
    await isDenied(lab, 'voided cancelled', 'the policy of production, or of the engine, changed in shipmate.yml');
  });

  it('when the environment runs something else by the time of the run', async () => {
    const lab = await approved();
    await runsAnother(lab);
    await isDenied(lab, 'voided cancelled', 'runs 0.9.0');
  });

  it('when the file was read again while the plan was made', async () => {
    const lab = await open(ONE);
    lab.whileReading = () => {
      lab.policyVersion = 'policy-2';
    };
    await lab.asks('dana');
    lab.whileReading = () => undefined;
    expect(await lab.vote('adam', 0, 'approve')).toBe('request_over');
    expect(await lab.stateOf(0)).toBe('voided cancelled');
  });

  it('when the plan is another than the approved one', async () => {
    const lab = await approved();
    const { id } = await lab.request(0);
    await changePlan(lab, id);
    await isDenied(lab, 'voided cancelled', 'what was approved is another plan');
  });

  it('but a moved tag does not reach what was approved already: the images in the plan run', async () => {
    const lab = await approved();
    lab.image = 'moved';
    expect(await lab.run(0)).toBe(true);
    const release = await lab.stores.releases.find((await lab.deployment(0)).releaseId);
    expect(release?.spec.services['web']?.pinnedImage).toContain('sha256:first');
  });

  it('and not when a registry is away: nobody agrees meanwhile, and nothing ends', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    lab.isRegistryAway = true;
    await lab.tend(0, 'sources');
    expect(await lab.vote('adam', 0, 'approve')).toBe('registry_unavailable');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
    lab.isRegistryAway = false;
    expect(await lab.vote('adam', 0, 'approve')).toBe('approved');
    const other = await open(ONE);
    await other.asks('dana');
    other.isRegistryAway = true;
    expect(await other.vote('adam', 0, 'reject')).toBe('rejected');
  });
});

/** As somebody with the database in their hands could do it: the deployment's plan is not the one that was approved. */
async function changePlan(lab: ApprovalLab, requestId: string): Promise<void> {
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  try {
    await client.query('UPDATE approval_requests SET plan_hash = $1 WHERE id = $2', ['another', requestId]);
  } finally {
    await client.end();
  }
  expect((await lab.request(0)).planHash).toBe('another');
}

describe('at the moment of execution', () => {
  it('whoever asked still may', async () => {
    const lab = await approved();
    lab.revoke('dana');
    await isDenied(lab, 'voided cancelled', 'who asked for it may not any more');
  });

  it('whoever agreed still may', async () => {
    const lab = await approved();
    lab.revoke('adam');
    await isDenied(lab, 'voided cancelled', 'somebody who approved it may not any more');
  });

  it('whoever agreed from a group of their platform is of a group that still may', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('approved');
    lab.revoke('slackGuest');
    await isDenied(lab, 'voided cancelled', 'somebody who approved it may not any more');
  });

  it('whoever agreed from a group of their platform is still in it', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('approved');
    lab.left.add('slackGuest');
    lab.now += 1;
    await isDenied(lab, 'voided cancelled', 'somebody who approved it may not any more');
  });

  it('whoever asked from a group of their platform is still in it', async () => {
    const lab = await open(ONE, { environment: { protected: false, approvals: null, deployers: ['developer'] } });
    lab.roles.developer.push('slack-group:S0SEC');
    await lab.asks('slackGuest');
    lab.left.add('slackGuest');
    lab.now += 1;
    expect(await lab.run(0)).toBe(false);
    expect((await lab.deployment(0)).failure?.message).toContain('who asked for it may not any more');
  });

  it('nobody counts whose group their platform does not tell of', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('approved');
    lab.arePlatformsAway = true;
    lab.now += 10 * 60_000 + 1;
    await isDenied(lab, 'voided cancelled', 'it cannot be told now whether who approved it is still in their group');
  });

  it('whoever agreed in a group that their platform does not tell of may say so again', async () => {
    const lab = await open(TWO_OF_SECURITY);
    await lab.asks('dana');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('counted');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('already_voted');
    lab.arePlatformsAway = true;
    lab.now += 10 * 60_000 + 1;
    expect(await lab.vote('olga', 0, 'approve')).toBe('counted');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('approved');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('request_over');
    expect((await lab.stores.approvals.votesOf((await lab.request(0)).id)).length).toBe(2);
    expect(await lab.run(0)).toBe(true);
  });

  it('somebody’s word about their own group counts for a while', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    expect(await lab.vote('slackGuest', 0, 'approve')).toBe('approved');
    lab.arePlatformsAway = true;
    lab.now += 10 * 60_000;
    expect(await lab.run(0)).toBe(true);
  });

  it('what is older than what runs by then does not start', async () => {
    const lab = await open(ONE, { environment: { protected: false, approvals: null, allowOutdated: false } });
    await lab.asks('dana', { version: '1.1.0' });
    await lab.asks('olga', { version: '1.2.0' });
    await lab.stores.deployments.hold((await lab.deployment(0)).id, { since: lab.now, because: 'closed', opensAt: null }, null);
    expect(await lab.run(1)).toBe(true);
    await lab.finish(1);
    expect(await lab.ask('dana', { version: '1.1.0' })).toBe('outdated');
    await tendHeld(lab.parts());
    expect(await lab.run(0)).toBe(false);
    expect((await lab.deployment(0)).failure?.message).toContain('runs 1.2.0; 1.1.0 is older.');
  });

  it('what has to run elsewhere before still did', async () => {
    const lab = await approved();
    lab.environment = { ...lab.environment, after: 'staging' };
    await isDenied(lab, 'voided cancelled', '1.0.0 has not run in staging yet');
  });

  it('an environment that was protected meanwhile takes nothing that nobody was asked about', async () => {
    const lab = await open(ONE);
    const isProtected = lab.environment;
    lab.environment = { ...isProtected, protected: false, approvals: null };
    const asked = await lab.asks('dana');
    expect(asked.state).toBe('queued');
    lab.environment = isProtected;
    expect(await lab.run(0)).toBe(false);
    expect(await lab.deployment(0)).toMatchObject({ state: 'cancelled', failure: { code: 'approval_void' } });
    expect(await audited(lab)).toContain('deployment.denied system refused');
  });

  it('an unprotected environment still asks for the requester’s role', async () => {
    const lab = await open(ONE, { environment: { protected: false, approvals: null } });
    await lab.asks('dana');
    lab.revoke('dana');
    expect(await lab.run(0)).toBe(false);
    expect(await lab.deployment(0)).toMatchObject({ state: 'cancelled', failure: { code: 'approval_void' } });
  });

  it('an environment that shipmate.yml does not name any more takes nothing', async () => {
    const lab = await approved();
    lab.isForgotten = true;
    expect(await lab.run(0)).toBe(false);
    expect((await lab.deployment(0)).state).toBe('cancelled');
  });

  it('a worker that comes while another one starts it asks nobody again: it takes over what runs', async () => {
    const lab = await approved();
    expect(await lab.run(0, 0, () => lab.run(0))).toBe(false);
    expect(lab.started).toEqual(lab.asked);
    expect(await lab.stateOf(0)).toBe('used running');
    expect(await audited(lab)).not.toContain('deployment.denied system refused');
  });

  it('what was withdrawn while a worker came does not start', async () => {
    const lab = await approved();
    expect(await lab.run(0, 0, () => lab.withdraw('dana', 0))).toBe(false);
    expect(await lab.stateOf(0)).toBe('withdrawn cancelled');
    expect(lab.started).toEqual([]);
    expect(await audited(lab)).not.toContain('deployment.denied system refused');
  });

  it('a locked environment takes nothing', async () => {
    const lab = await approved();
    const scope = { app: lab.app, environment: 'production' };
    const holder = { id: lab.idOf('olga'), name: 'olga' };
    await lab.stores.locks.take({ id: randomUUID(), scope, holder, reason: null, since: lab.now, expiresAt: null });
    expect(await lab.run(0)).toBe(false);
    expect(await lab.stateOf(0)).toBe('approved queued');
    expect((await lab.deployment(0)).hold?.because).toContain('is locked by olga.');
    expect(lab.started).toEqual([]);
    expect(await audited(lab)).toContain('deployment.hold system refused');
  });

  describe('while the environment is locked', () => {
    async function held({ approvals = true } = {}): Promise<ApprovalLab> {
      const lab = await (approvals ? approved() : open(ONE, { environment: { protected: false, approvals: null } }));
      if (!approvals) await lab.asks('dana');
      await lock(lab);
      expect(await lab.run(0)).toBe(false);
      expect((await lab.deployment(0)).hold).toBeDefined();
      return lab;
    }

    async function lock(lab: ApprovalLab): Promise<void> {
      const scope = { app: lab.app, environment: 'production' };
      const holder = { id: lab.idOf('olga'), name: 'olga' };
      await lab.stores.locks.take({ id: randomUUID(), scope, holder, reason: null, since: lab.now, expiresAt: null });
    }

    async function unlock(lab: ApprovalLab): Promise<void> {
      const [standing] = (await lab.stores.locks.standing()).filter(({ scope }) => scope.app === lab.app);
      expect(await lab.stores.locks.end(standing?.id ?? 'none', 'released', 'olga', lab.now)).toBe(true);
    }

    it('what was approved waits, and starts by that same approval when it opens', async () => {
      const lab = await held();
      await tendHeld(lab.parts());
      expect(await lab.run(0)).toBe(false);
      await unlock(lab);
      await tendHeld(lab.parts());
      expect((await lab.deployment(0)).hold).toBeUndefined();
      expect(await lab.run(0)).toBe(true);
      expect(await lab.stateOf(0)).toBe('used running');
      expect(await audited(lab)).toContain('deployment.resume system done');
    });

    it('it expires with its approval', async () => {
      const lab = await held();
      lab.now += lab.environment.approvals?.expiresAfterMs ?? 0;
      await lab.tend(0, 'due');
      expect(await lab.stateOf(0)).toBe('expired expired');
      await unlock(lab);
      await tendHeld(lab.parts());
      expect(await lab.run(0)).toBe(false);
    });

    it('it is void when what it was bound to has changed by the time it opens', async () => {
      const lab = await held();
      lab.policyVersion = 'policy-2';
      await unlock(lab);
      await tendHeld(lab.parts());
      await isDenied(lab, 'voided cancelled', 'the policy of production');
    });

    it('it comes back however many older ones stay closed, and whatever goes wrong with others', async () => {
      const lab = await held();
      const { app, stack, clearance: _, ...mine } = await lab.deployment(0);
      const other = { app: `${app}-2`, environment: null };
      const holder = { id: lab.idOf('olga'), name: 'olga' };
      await lab.stores.locks.take({ id: randomUUID(), scope: other, holder, reason: null, since: lab.now, expiresAt: null });
      const olders = Array.from({ length: 120 }, (_, index) => `${index}-${randomUUID()}`);
      for (const id of olders) {
        await lab.stores.deployments.insert({ ...mine, id, app: other.app, stack: `${stack}-2`, requestedAt: 1 }, null);
        await lab.stores.deployments.hold(id, { since: lab.now, because: 'something else', opensAt: null }, null);
      }
      await unlock(lab);
      const parts = { ...lab.parts(), notices: { tell: () => Promise.reject(new Error('nobody can be told')) } };
      await tendOnce(parts);
      expect((await lab.deployment(0)).hold).toBeUndefined();
      for (const id of olders) await lab.stores.deployments.transition(id, 'queued', 'cancelled', { finishedAt: lab.now }, null);
    });

    it('it comes back although those who hold other locks cannot be reminded', async () => {
      const lab = await held();
      await lab.stores.locks.take({
        id: randomUUID(),
        scope: { app: `${lab.app}-2`, environment: null },
        holder: { id: lab.idOf('olga'), name: 'olga' },
        reason: null,
        since: lab.now - 100 * MINUTE,
        expiresAt: lab.now - MINUTE,
      });
      await unlock(lab);
      const tell = vi.fn().mockRejectedValue(new Error('nobody can be told'));
      await tendOnce({ ...lab.parts(), notices: { tell } });
      expect(tell).toHaveBeenCalled();
      expect((await lab.deployment(0)).hold).toBeUndefined();
      await tendOnce(lab.parts());
    });

    it('keeps nobody waiting who may pass', async () => {
      const lab = await held();
      await lab.asks('olga');
      expect(await lab.vote('adam', 1, 'approve')).toBe('approved');
      expect(await lab.run(1)).toBe(true);
    });

    it('what nobody approved ends after a day', async () => {
      const lab = await held({ approvals: false });
      lab.now += 24 * 3_600_000 - 1;
      await tendHeld(lab.parts());
      expect((await lab.deployment(0)).state).toBe('queued');
      lab.now += 1;
      await tendHeld(lab.parts());
      expect(await lab.deployment(0)).toMatchObject({ state: 'cancelled', failure: { code: 'environment_closed' } });
      expect(await audited(lab)).toContain('deployment.denied system refused');
    });
  });
});

describe('while it waits', () => {
  it('a request is void soon after whoever asked may not ask any more, so that nobody approves what cannot start', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    await lab.tend(0, 'sources');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
    lab.revoke('dana');
    await lab.tend(0, 'sources');
    expect(await lab.stateOf(0)).toBe('voided cancelled');
    expect((await lab.request(0)).closed?.because).toBe('who asked for it may not any more');
    expect(await lab.vote('adam', 0, 'approve')).toBe('request_over');
  });

  it('it stays while nobody can tell whether whoever asked is still in their group', async () => {
    const lab = await open(ONE);
    const group = personOf('slackGuest', lab.suffix).groups?.[0] ?? '';
    lab.roles.developer.push(group);
    await lab.asks('slackGuest');
    lab.arePlatformsAway = true;
    lab.now += 11 * MINUTE;
    await lab.tend(0, 'sources');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
    lab.arePlatformsAway = false;
    lab.left.add('slackGuest');
    await lab.tend(0, 'sources');
    expect(await lab.stateOf(0)).toBe('voided cancelled');
  });
});

describe('past the approvals', () => {
  const reason = 'the checkout is down';

  /** Bob holds the incident role, and the environment has run two releases. */
  async function onCall({ isAgreed = true } = {}): Promise<ApprovalLab> {
    const lab = await open(ONE, { factors: ['bob'] });
    for (const version of ['1.0.0', '1.1.0']) await lab.ran(version);
    if (isAgreed) await agreedTo(test.url, lab.stack);
    lab.revoke('bob');
    lab.roles.incident.push(lab.idOf('bob'));
    return lab;
  }

  it('the last good revision comes back at once by whoever is on call, as long as they are', async () => {
    for (const isStillOnCall of [true, false]) {
      const lab = await onCall();
      expect(await lab.rollBack('bob')).toBe('on_call queued');
      if (!isStillOnCall) lab.roles.incident.pop();
      expect(await lab.run(2)).toBe(isStillOnCall);
      expect((await lab.deployment(2)).state).toBe(isStillOnCall ? 'running' : 'cancelled');
    }
  });

  it('whoever is on call waits for nobody else’s rollback, and takes back what runs before it', async () => {
    const lab = await onCall();
    await lab.asks('olga', { version: '1.2.0' });
    expect(await lab.vote('adam', 2, 'approve')).toBe('approved');
    expect(await lab.rollBack('dana', '1.0.0')).toBe('approval awaiting_approval');
    expect(await lab.vote('adam', 3, 'approve')).toBe('approved');
    expect(await lab.run(2)).toBe(true);
    expect(await lab.rollBack('bob', '1.0.0')).toBe('on_call queued');
    expect((await lab.deployment(2)).cancelRequestedBy?.id).toBe(lab.idOf('bob'));
    expect(await lab.stateOf(3)).toBe('withdrawn cancelled');
    const [bobs] = lab.asked.slice(4);
    expect(await lab.rollBack('bob', '1.0.0')).toBe('on_call queued');
    expect(lab.asked.slice(5)).toEqual([bobs]);
  });

  it('a release that nobody agreed to is no way back without asking', async () => {
    const lab = await onCall({ isAgreed: false });
    expect(await lab.rollBack('bob')).toBe('approval awaiting_approval');
  });

  it('one step back is for whoever is on call; how much further is for others', async () => {
    const lab = await open(ONE, { factors: ['bob'] });
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await lab.ran(version);
    await agreedTo(test.url, lab.stack);
    lab.revoke('bob');
    lab.roles.incident.push(lab.idOf('bob'));
    expect(await lab.rollBack('bob')).toBe('on_call queued');
    expect(await lab.run(3)).toBe(true);
    await lab.finish(3);
    expect(await lab.rollBack('bob')).toBe('approval awaiting_approval');
  });

  it('what was approved is asked for its approval, also when the environment is open by then', async () => {
    const lab = await open(ONE);
    await lab.asks('dana');
    expect(await lab.vote('adam', 0, 'approve')).toBe('approved');
    lab.environment = { ...lab.environment, protected: false, approvals: null };
    expect(await lab.run(0)).toBe(true);
    expect(await lab.stateOf(0)).toBe('used running');
  });

  it('the glass is broken with a reason and a second factor, by whoever is on call, as long as they are', async () => {
    for (const isStillOnCall of [true, false]) {
      const lab = await onCall();
      expect(await lab.breakGlass('bob', { reason: 'x', step: 7 })).toBe('reason_required');
      expect(await lab.breakGlass('bob', { reason })).toBe('asks for a factor');
      expect(await lab.breakGlass('bob', { reason, step: 'wrong' })).toBe('wrong_code');
      expect(await lab.breakGlass('olga', { reason, step: 7 })).toBe('not_allowed');
      expect(await lab.breakGlass('bob', { reason, step: 7 })).toBe('break_glass queued');
      expect(await audited(lab)).toContain('break_glass bob done');
      if (!isStillOnCall) lab.roles.incident.pop();
      expect(await lab.run(2)).toBe(isStillOnCall);
    }
  });

  it('broken glass stays an open item until somebody else who answers for the app has looked at it', async () => {
    const lab = await onCall();
    await lab.breakGlass('bob', { reason, step: 7 });
    lab.roles.owner.push(lab.idOf('bob'));
    expect(await lab.signOff('bob', 2)).toBe('own_request');
    expect(await lab.signOff('dana', 2)).toBe('not_allowed');
    // Bob has no account on Discord that anybody knows of: this one may be his.
    lab.roles.admin.push('discord-role:100000000000000777');
    expect(await lab.signOff('discordGuest', 2)).toBe('own_request');
    expect(await lab.stores.brokenGlass.open([lab.app])).toHaveLength(1);
    expect(await lab.signOff('adam', 2)).toBe('signed off');
    expect(await lab.signOff('olga', 2)).toBe('already_done');
    expect(await lab.stores.brokenGlass.open([lab.app])).toEqual([]);
    expect(await audited(lab)).toEqual(expect.arrayContaining(['break_glass.sign_off bob refused', 'break_glass.sign_off adam done']));
  });
});

describe('the second factor', () => {
  it('is asked for, and without one nothing is decided', async () => {
    const lab = await open(WITH_FACTOR, { factors: ['adam'] });
    await lab.asks('dana');
    expect(await lab.vote('adam', 0, 'approve')).toBe('asks for a factor');
    expect(await lab.vote('bob', 0, 'approve')).toBe('factor_required');
    expect(await lab.vote('bob', 0, 'approve', { step: 7 })).toBe('factor_required');
    expect(await lab.vote('adam', 0, 'approve', { step: 'wrong' })).toBe('wrong_code');
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
    expect(await lab.vote('adam', 0, 'approve', { step: 7 })).toBe('approved');
    expect(await lab.stores.approvals.votesOf((await lab.request(0)).id)).toMatchObject([{ factor: 'totp' }]);
  });

  it('of one moment confirms one approval, whichever request it is brought for', async () => {
    const lab = await open(WITH_FACTOR, { factors: ['adam'] });
    await lab.asks('dana');
    await lab.asks('dana', { version: '1.1.0' });
    const both = await Promise.all([lab.vote('adam', 0, 'approve', { step: 7 }), lab.vote('adam', 1, 'approve', { step: 7 })]);
    expect(both.toSorted()).toEqual(['approved', 'code_used']);
  });

  it('is not used up by somebody who may not decide', async () => {
    const lab = await open(WITH_FACTOR, { factors: ['olga'] });
    await lab.asks('olga');
    expect(await lab.vote('olga', 0, 'approve', { step: 7 })).toBe('own_request');
    expect(lab.evaluated).toBe(0);
  });
});

describe('the same click, again and again', () => {
  it('counts once, from however many processes it comes', async () => {
    const policy = policyOf(TWO.rules, { secondFactor: true });
    const lab = await ApprovalLab.open([test.database, test.another()], { policy, factors: ['adam'] });
    await lab.asks('dana');
    const clicks = await Promise.all(Array.from({ length: 20 }, (_, view) => lab.vote('adam', 0, 'approve', { step: 7 }, view)));
    expect(clicks.filter((answer) => answer === 'counted')).toHaveLength(1);
    expect(clicks.filter((answer) => answer === 'already_voted')).toHaveLength(19);
    expect(await lab.stateOf(0)).toBe('open awaiting_approval');
  });

  it('asks once', async () => {
    const lab = await ApprovalLab.open([test.database, test.another()], { policy: ONE });
    const asked = await Promise.all([0, 1, 0, 1].map((view) => lab.ask('dana', { view, delivery: 'click' })));
    expect(new Set(asked)).toEqual(new Set(['asked 0']));
    expect(await lab.stores.deployments.list({ app: lab.app, limit: 9 })).toHaveLength(1);
  });

  it('of two who decide differently has one order', async () => {
    for (let round = 0; round < 10; round += 1) {
      const lab = await ApprovalLab.open([test.database, test.another()], { policy: ONE });
      await lab.asks('dana');
      const [yes, no] = await Promise.all([lab.vote('adam', 0, 'approve', {}, 0), lab.vote('sara', 0, 'reject', {}, 1)]);
      const isApproved = yes === 'approved';
      expect([yes, no]).toEqual(isApproved ? ['approved', 'request_over'] : ['request_over', 'rejected']);
      expect(await lab.stateOf(0)).toBe(isApproved ? 'approved queued' : 'rejected rejected');
    }
  });
});
