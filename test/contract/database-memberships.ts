import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { anApprovalRequest } from '../support/approvals/an-approval-request.ts';
import { store } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

/** What every MembershipStore promises. */
export function describeMemberships(views: Views): void {
  const memberships = () => views().database.stores.memberships;
  const anAccount = () => `T1/U${randomUUID().slice(0, 8)}`;

  const everybody = (now: number) => memberships().spoken({ after: null, limit: 1000, now });
  const namesOf = async (app: string, now: number) =>
    (await everybody(now)).filter((id) => id.endsWith(app)).map((id) => id.replace(`-${app}`, ''));

  describe('memberships', () => {
    it('keeps what was said last of an account', async () => {
      const [account, other] = [anAccount(), anAccount()];
      const reading = (groups: readonly string[], readAt: number) => ({ platform: 'slack', account, groups, readAt });
      await memberships().save(reading(['slack-group:S1', 'slack-group:S2'], 5));
      await memberships().save(reading(['slack-group:S2'], 7));
      await memberships().save(reading(['slack-group:S1'], 6));
      expect(await memberships().of([{ platform: 'slack', account }])).toEqual([reading(['slack-group:S2'], 7)]);
      expect(
        await memberships().of([
          { platform: 'slack', account: other },
          { platform: 'discord', account },
        ]),
      ).toEqual([]);
      expect(await memberships().of([])).toEqual([]);
    });

    it('keeps who was in a group when it was read last', async () => {
      const [group, other] = [`slack-group:${randomUUID()}`, `slack-group:${randomUUID()}`];
      await memberships().saveMembers(group, ['ada', 'bo'], 5);
      await memberships().saveMembers(group, ['ada'], 7);
      await memberships().saveMembers(group, ['cy'], 6);
      await memberships().saveMembers(other, ['ada', 'dee'], 5);
      expect(await memberships().membersOf([group])).toEqual(['ada']);
      expect([...(await memberships().membersOf([group, other, 'slack-group:none']))].sort()).toEqual(['ada', 'dee']);
      expect(await memberships().membersOf([])).toEqual([]);
    });

    it('tells of which groups somebody was a member when they were read last', async () => {
      const id = `ada-${randomUUID()}`;
      const [group, other] = [`slack-group:${randomUUID()}`, `slack-group:${randomUUID()}`];
      await memberships().saveMembers(group, ['bo', id], 5);
      await memberships().saveMembers(other, [id, `${id}-2`], 5);
      expect([...(await memberships().groupsOf(id))].sort()).toEqual([group, other].sort());
      await memberships().saveMembers(other, ['bo'], 7);
      expect(await memberships().groupsOf(id)).toEqual([group]);
      expect(await memberships().groupsOf('')).toEqual([]);
    });

    it('names whoever asked for or agreed to what has not started, as a member of a group', async () => {
      const { database } = views();
      const app = `app-${randomUUID().slice(0, 8)}`;
      const person = (name: string) => ({ id: `${name}-${app}`, name });
      const asked = (name: string, members: object) =>
        store(database, { app, requester: person(name), requesterGroups: ['slack-group:S1'], ...members });
      await asked('queued', { state: 'queued' });
      const waiting = await asked('waiting', { state: 'awaiting_approval' });
      await asked('started', { state: 'running' });
      await asked('over', { state: 'succeeded' });
      await asked('named', { state: 'queued', requesterGroups: [] });
      const request = anApprovalRequest({ id: randomUUID(), deploymentId: waiting.id, app, stack: waiting.stack });
      await database.stores.approvals.insert(request);
      const vote = (name: string, decision: 'approve' | 'reject', groups: readonly string[]) =>
        database.stores.approvals.vote(request.id, { person: person(name), decision, at: 1, factor: null, reason: null, groups });
      await vote('agreed', 'approve', ['slack-group:S1']);
      await vote('agreed-by-name', 'approve', []);
      const ours = () => namesOf(app, 1);
      expect((await ours()).sort()).toEqual(['agreed', 'queued', 'waiting']);
      await database.stores.approvals.close(request.id, 'open', 'rejected', { at: 2, by: null, because: null });
      expect((await ours()).sort()).toEqual(['queued', 'waiting']);
    });

    it('names whoever asked for what somebody else has to agree to, as a member of a group and as long as it waits', async () => {
      const { stores } = views().database;
      const app = `app-${randomUUID().slice(0, 8)}`;
      const asker = (name: string, groups: readonly string[] = ['slack-group:S1']) => ({ id: `${name}-${app}`, name, groups });
      const common = { app, personId: 'dana', role: 'owner', change: 'grant', askedAt: 1, expiresAt: 100, grantUntil: null } as const;
      const [change, reset] = [randomUUID(), randomUUID()];
      await stores.access.askChange({ ...common, id: change, askedBy: asker('owner'), state: 'open' });
      await stores.access.askChange({ ...common, id: randomUUID(), askedBy: asker('owner-by-name', []), state: 'open' });
      const ofReset = { personId: randomUUID(), askedAt: 1, expiresAt: 200, doneAt: null };
      await stores.factorResets.insert({ ...ofReset, id: reset, askedBy: asker('admin') });
      await stores.factorResets.insert({ ...ofReset, id: randomUUID(), askedBy: asker('admin-by-name', []) });
      expect(await namesOf(app, 99)).toEqual(['admin', 'owner']);
      expect(await namesOf(app, 100)).toEqual(['admin']);
      expect(await namesOf(app, 200)).toEqual([]);
      await stores.access.decideChange(change, 'refused', { id: 'olga', name: 'Olga' }, 5);
      expect(await namesOf(app, 99)).toEqual(['admin']);
      await stores.factorResets.markDone(reset, 5);
      expect(await namesOf(app, 99)).toEqual([]);
    });

    it('names them page by page, each once', async () => {
      const { database } = views();
      const app = `app-${randomUUID().slice(0, 8)}`;
      for (const name of ['é', 'B', 'a', 'b', 'a'])
        await store(database, { app, requester: { id: `${name}-${app}`, name }, requesterGroups: ['slack-group:S1'], state: 'queued' });
      const all = await everybody(1);
      const ids: string[] = [];
      for (;;) {
        const page = await memberships().spoken({ after: ids.at(-1) ?? null, limit: 2, now: 1 });
        expect(page.length).toBeLessThanOrEqual(2);
        if (page.length === 0) break;
        ids.push(...page);
      }
      expect(ids).toEqual(all);
      expect(new Set(ids).size).toBe(ids.length);
      expect(await namesOf(app, 1)).toEqual(['B', 'a', 'b', 'é']);
    });
  });
}
