import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { anApprovalRequest } from '../support/approvals/an-approval-request.ts';
import { store } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

/** What every MembershipStore promises. */
export function describeMemberships(views: Views): void {
  const memberships = () => views().database.stores.memberships;
  const anAccount = () => `T1/U${randomUUID().slice(0, 8)}`;

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
      const ours = async () => (await memberships().spoken(1000)).filter((id) => id.endsWith(app)).map((id) => id.replace(`-${app}`, ''));
      expect((await ours()).sort()).toEqual(['agreed', 'queued', 'waiting']);
      await database.stores.approvals.close(request.id, 'open', 'rejected', { at: 2, by: null, because: null });
      expect((await ours()).sort()).toEqual(['queued', 'waiting']);
    });
  });
}
