import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ApprovalRequest, Vote } from '../../src/domain/approval.ts';
import type { BrokenGlass } from '../../src/domain/broken-glass.ts';
import type { Deployment } from '../../src/domain/deployment.ts';
import { anApprovalRequest } from '../support/approvals/an-approval-request.ts';
import { store } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

/** What people were asked, how they voted, and broken glass. */
export function describeApprovals(views: Views): void {
  const stores = () => views().database.stores;
  const unique = () => randomUUID().slice(0, 8);
  const ada = { id: 'ada', name: 'Ada' };

  /** With its deployment, in one transaction. */
  async function asked(members: Partial<ApprovalRequest> = {}, deployment: Partial<Deployment> = {}): Promise<ApprovalRequest> {
    const app = members.app ?? `app-${unique()}`;
    const { id } = await store(views().database, {
      app,
      environment: 'production',
      state: 'awaiting_approval',
      clearance: 'approval',
      ...deployment,
    });
    const request = anApprovalRequest({ id: unique(), deploymentId: id, app, stack: `${app}-production`, ...members });
    await stores().approvals.insert(request);
    return request;
  }
  const closed = { at: 5, by: ada, because: 'too risky' };

  describe('approval requests', () => {
    it('are kept whole, and found by themselves and by their deployment', async () => {
      const request = await asked({ baseRevision: 7, isPromotion: true });
      expect(await stores().approvals.find(request.id)).toEqual(request);
      expect(await stores().approvals.findByDeployment(request.deploymentId)).toEqual(request);
      expect(await stores().approvals.find('none')).toBeNull();
      expect(await stores().approvals.findByDeployment('none')).toBeNull();
      expect(await stores().approvals.lock('none')).toBeNull();
    });

    it('are one for a deployment', async () => {
      const request = await asked();
      await expect(stores().approvals.insert({ ...request, id: unique() })).rejects.toThrow();
    });

    it('move on once, for one of many, and only from where they are', async () => {
      const request = await asked();
      const { database, other } = views();
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? database : other).stores.approvals.close(
            request.id,
            'open',
            index % 3 === 0 ? 'approved' : 'rejected',
            closed,
          ),
        ),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect((await stores().approvals.find(request.id))?.closed).toEqual(closed);
    });

    it('never move where their states do not lead', async () => {
      const request = await asked();
      await stores().approvals.close(request.id, 'open', 'approved', { at: 1, by: null, because: null });
      await expect(stores().approvals.close(request.id, 'used', 'approved', closed)).rejects.toThrow('never goes from used to approved');
      expect(await stores().approvals.close(request.id, 'approved', 'used', { at: 2, by: null, because: null })).toBe(true);
      expect(await stores().approvals.close(request.id, 'approved', 'voided', closed)).toBe(false);
      expect(await stores().approvals.find(request.id)).toMatchObject({ state: 'used', closed: { at: 2, by: null, because: null } });
    });

    it('are locked by one transaction at a time', async () => {
      const request = await asked();
      const { database, other } = views();
      const order: string[] = [];
      const waiting: Promise<void>[] = [];
      await database.transact(async ({ approvals }) => {
        await approvals.lock(request.id);
        waiting.push(
          other.transact(async (stored) => {
            const found = await stored.approvals.lock(request.id);
            order.push(`second finds it ${found?.state}`);
          }),
        );
        for (const id of ['ada', 'bo', 'cy', 'di', 'ed']) await approvals.vote(request.id, aVote(id));
        await approvals.close(request.id, 'open', 'rejected', closed);
        order.push('first');
      });
      await Promise.all(waiting);
      expect(order).toEqual(['first', 'second finds it rejected']);
    });

    it('are gone with a transaction that did not commit', async () => {
      const request = await asked();
      const broken = views().database.transact(async ({ approvals }) => {
        await approvals.vote(request.id, aVote('ada'));
        await approvals.close(request.id, 'open', 'approved', closed);
        throw new Error('the audit could not be written');
      });
      await expect(broken).rejects.toThrow('could not be written');
      expect(await stores().approvals.find(request.id)).toEqual(request);
      expect(await stores().approvals.votesOf(request.id)).toEqual([]);
    });

    it('that live are gone through in order, a few at a time', async () => {
      const app = `app-${unique()}`;
      const [open, approved, over] = [await asked({ app }), await asked({ app }), await asked({ app })];
      await stores().approvals.close(approved.id, 'open', 'approved', closed);
      await stores().approvals.close(over.id, 'open', 'expired', closed);
      const found: string[] = [];
      for (let after = ''; ; ) {
        const some = await stores().approvals.live(after, 2);
        found.push(...some.filter((request) => request.app === app).map(({ id }) => id));
        if (some.length < 2) break;
        after = some.at(-1)?.id ?? '';
      }
      expect(found).toEqual([open.id, approved.id].toSorted());
    });

    it('are due when their time is over, their wait is over, or their deployment is', async () => {
      const app = `app-${unique()}`;
      const due = async (now: number) =>
        (await stores().approvals.due(now, 1000)).filter((request) => request.app === app).map(({ id }) => id);
      const expires = await asked({ app, expiresAt: 100 });
      const waits = await asked({ app, expiresAt: 1000, notBefore: 50 });
      await stores().approvals.close(waits.id, 'open', 'approved', closed);
      const ended = await asked({ app, expiresAt: 1000, notBefore: 500 }, { state: 'cancelled', finishedAt: 3 });
      const queued = await asked({ app, expiresAt: 1000, notBefore: 0 }, { state: 'queued' });
      await stores().approvals.close(queued.id, 'open', 'approved', closed);
      expect(await due(49)).toEqual([ended.id]);
      expect((await due(50)).toSorted()).toEqual([ended.id, waits.id].toSorted());
      expect((await due(100)).toSorted()).toEqual([ended.id, waits.id, expires.id].toSorted());
      expect(await due(1000)).toHaveLength(4);
      await stores().approvals.close(expires.id, 'open', 'expired', closed);
      expect(await due(1000)).not.toContain(expires.id);
    });

    it('that are open are listed by app, the oldest first', async () => {
      const [one, two] = [`app-${unique()}`, `app-${unique()}`];
      const late = await asked({ app: one, requestedAt: 30 });
      const early = await asked({ app: two, requestedAt: 10 });
      const over = await asked({ app: one, requestedAt: 1 });
      await stores().approvals.close(over.id, 'open', 'withdrawn', closed);
      expect((await stores().approvals.openOf([one, two], 9)).map(({ id }) => id)).toEqual([early.id, late.id]);
      expect((await stores().approvals.openOf([one, two], 1)).map(({ id }) => id)).toEqual([early.id]);
      expect(await stores().approvals.openOf([], 9)).toEqual([]);
    });

    it.each(['noteReminded', 'noteEscalated'] as const)('%s is true for one of many, while it is open', async (note) => {
      const request = await asked();
      const { database, other } = views();
      const told = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? database : other).stores.approvals[note](request.id, index + 1)),
      );
      expect(told.filter(Boolean)).toHaveLength(1);
      const over = await asked();
      await stores().approvals.close(over.id, 'open', 'rejected', closed);
      expect(await stores().approvals[note](over.id, 1)).toBe(false);
    });
  });

  const aVote = (id: string, members: Partial<Vote> = {}): Vote => ({
    person: { id, name: id },
    decision: 'approve',
    at: 10,
    factor: 'totp',
    reason: null,
    groups: [],
    ...members,
  });

  describe('votes', () => {
    it('are kept whole, in the order in which they were cast', async () => {
      const { id } = await asked();
      const bo = aVote('bo', { at: 30, decision: 'reject', factor: null, reason: 'no \u0000 way', groups: ['slack-group:S1'] });
      await stores().approvals.vote(id, bo);
      await stores().approvals.vote(id, aVote('cy', { at: 20 }));
      await stores().approvals.vote(id, aVote('ada', { at: 20 }));
      const found = await stores().approvals.votesOf(id);
      expect(found.map(({ person }) => person.id)).toEqual(['ada', 'cy', 'bo']);
      expect(found[0]).toEqual(aVote('ada', { at: 20 }));
      expect(found[2]).toMatchObject({
        decision: 'reject',
        factor: null,
        groups: ['slack-group:S1'],
        reason: expect.stringContaining('way'),
      });
      expect(await stores().approvals.votesOf('none')).toEqual([]);
    });

    it('are one of a kind for each person, however often they click', async () => {
      const { id } = await asked();
      const { database, other } = views();
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? database : other).stores.approvals.vote(id, aVote('ada', { at: index })),
        ),
      );
      await stores().approvals.vote(id, aVote('ada', { at: 99, decision: 'reject', reason: 'on second thoughts' }));
      expect((await stores().approvals.votesOf(id)).map(({ decision }) => decision)).toEqual(['approve', 'reject']);
    });

    it('are given again in place of the earlier one', async () => {
      const { id } = await asked();
      await stores().approvals.vote(id, aVote('ada', { at: 10, factor: 'totp' }));
      await stores().approvals.vote(id, aVote('bo', { at: 20 }));
      await stores().approvals.renewVote(id, aVote('ada', { at: 30, factor: 'passkey' }));
      expect((await stores().approvals.votesOf(id)).map(({ person, at, factor }) => [person.id, at, factor])).toEqual([
        ['bo', 20, 'totp'],
        ['ada', 30, 'passkey'],
      ]);
    });

    it('are on a request that there is', async () => {
      await expect(stores().approvals.vote('none', aVote('ada'))).rejects.toThrow();
    });
  });

  describe('broken glass', () => {
    async function broken(app: string, at: number): Promise<BrokenGlass> {
      const { id } = await store(views().database, { app, environment: 'production', clearance: 'break_glass' });
      const record = { deploymentId: id, app, environment: 'production', by: ada, reason: 'checkout is down', at, signedOff: null };
      await stores().brokenGlass.insert(record);
      return record;
    }

    it('stays open until one of many signs it off', async () => {
      const app = `app-${unique()}`;
      const [late, early] = [await broken(app, 20), await broken(app, 10)];
      expect(await stores().brokenGlass.open([app])).toEqual([early, late]);
      expect(await stores().brokenGlass.open([`${app}-other`])).toEqual([]);
      const signing = ['bo', 'cy', 'di'].map((id) => ({ by: { id, name: id }, at: 30, note: null }));
      const signed = await Promise.all(signing.map((one) => stores().brokenGlass.signOff(early.deploymentId, one)));
      expect(signed.filter(Boolean)).toHaveLength(1);
      expect(await stores().brokenGlass.open([app])).toEqual([late]);
      expect((await stores().brokenGlass.find(early.deploymentId))?.signedOff).toEqual(signing[signed.indexOf(true)]);
      expect(await stores().brokenGlass.find('none')).toBeNull();
      expect(await stores().brokenGlass.signOff('none', { by: ada, at: 1, note: null })).toBe(false);
    });
  });
}
