import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDeployment } from '../../../src/application/read-deployment.ts';
import type { Message } from '../../../src/chat/message.ts';
import { approvalKey, nudgeApprovers, projectApproval } from '../../../src/chat-core/tell-approvers.ts';
import { WrittenMessages } from '../../../src/chat-core/written-messages.ts';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { MINUTE, policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const GROUP = 'slack-group:S0SEC';
const ACCOUNTS = Array.from({ length: 31 }, (_, index) => `T1/UMEMBER${index}`);
const idOf = (account: string): string => `slack:${account}`;

let test: TestDatabase;
let lab: ApprovalLab;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
/** Nobody but the members of Slack's group may approve, and on call is the second one. */
beforeEach(async () => {
  const policy = policyOf([{ count: 2, from: [GROUP] }], {
    remindAfterMs: MINUTE,
    escalateAfterMs: 2 * MINUTE,
    escalateTo: ['slack-group:S0ONCALL'],
  });
  lab = await ApprovalLab.open([test.database], { policy });
  await lab.asks('dana');
});
afterEach(() => lab.close());

let readAt = 0;
/** Who is in the group from now on; the database outlives a test and keeps the latest reading. */
const members = (group: string, accounts: readonly string[]) => {
  readAt += 1;
  return test.database.stores.memberships.saveMembers(group, accounts.map(idOf), readAt);
};

async function project(): Promise<void> {
  const facts = await readDeployment(lab.parts(), lab.asked[0] ?? '');
  if (facts === null) throw new Error('it was asked for');
  await projectApproval(lab.parts(), new WrittenMessages(10), facts);
}

/** Reminders and escalations that are due now. */
async function nudge(): Promise<void> {
  const stop = new AbortController();
  const clock = { now: () => lab.now, sleep: async () => stop.abort() };
  const parts = lab.parts();
  await nudgeApprovers({ ...parts, clock, readDeployment: (id) => readDeployment(parts, id) }, stop.signal);
}

/** What stands in somebody's own conversation under this key; null for nothing. */
async function toldTo(account: string, suffix = ''): Promise<string | null> {
  const key = `${approvalKey((await lab.request(0)).id, idOf(account))}${suffix}`;
  const message = await test.database.stores.messages.findByKey('slack', account, key);
  return message === null ? null : (message.content as { summary: string }).summary;
}

/** The labels of the buttons on it. */
async function offeredTo(account: string, suffix = ''): Promise<readonly string[]> {
  const key = `${approvalKey((await lab.request(0)).id, idOf(account))}${suffix}`;
  const message = await test.database.stores.messages.findByKey('slack', account, key);
  if (message === null) throw new Error(`nothing was posted as ${key}`);
  return (message.content as Message).elements.flatMap((element) =>
    element.type === 'buttons' ? element.buttons.map(({ label }) => label) : [],
  );
}

function vote(account: string, decision: 'approve' | 'reject'): Promise<string> {
  const person = { id: idOf(account), name: account, groups: [GROUP], account: { platform: 'slack', id: account, name: account } };
  return lab.vote('olga', 0, decision, { person });
}

const approve = (account: string): Promise<string> => vote(account, 'approve');

describe('members of a platform’s group', () => {
  const [first = '', second = '', third = ''] = ACCOUNTS;

  it('have a copy to decide by, which says how it was decided', async () => {
    await members(GROUP, [first, second]);
    await project();
    expect(await toldTo(first)).toContain(lab.app);
    expect(await toldTo(third)).toBeNull();
    expect([await approve(first), await approve(second)]).toEqual(['counted', 'approved']);
    await project();
    expect(await toldTo(first)).toContain('Approved.');
  });

  it('are reminded when they have not decided, and others are told when nobody does', async () => {
    await members(GROUP, [first, second]);
    await members('slack-group:S0ONCALL', [third]);
    expect(await approve(first)).toBe('counted');
    lab.now += MINUTE;
    await nudge();
    expect([await toldTo(first, ':reminder'), await toldTo(second, ':reminder')]).toEqual([null, expect.any(String)]);
    expect(await toldTo(third, ':escalation')).toBeNull();
    lab.now += MINUTE;
    await nudge();
    expect(await toldTo(third, ':escalation')).toEqual(expect.any(String));
  });

  it('hear how it ended from everything that was posted to them, also those who left the group', async () => {
    await members(GROUP, [first, second]);
    await members('slack-group:S0ONCALL', [third]);
    await project();
    lab.now += 2 * MINUTE;
    await nudge();
    expect(await offeredTo(third, ':escalation')).toEqual(['View plan']);
    expect(await offeredTo(first)).toContain('Approve 1.0.0…');
    await members(GROUP, [second]);
    await project();
    expect([await offeredTo(first), await offeredTo(first, ':reminder')]).toEqual([['View plan'], ['View plan']]);
    expect(await offeredTo(second, ':reminder')).toContain('Approve 1.0.0…');
    expect(await vote(second, 'reject')).toBe('rejected');
    await project();
    const posted: readonly [string, string?][] = [[first], [first, ':reminder'], [second], [second, ':reminder'], [third, ':escalation']];
    for (const [account, suffix] of posted) {
      expect(await toldTo(account, suffix)).toContain('Rejected by');
      expect(await offeredTo(account, suffix)).toEqual([]);
    }
    expect([await toldTo(third), await toldTo(first, ':escalation')]).toEqual([null, null]);
  });

  it('who have decided are not asked again by their reminder', async () => {
    await members(GROUP, [first, second]);
    lab.now += MINUTE;
    await nudge();
    expect(await toldTo(first, ':reminder')).toContain('Still waits for you');
    await approve(first);
    await project();
    expect([await toldTo(first, ':reminder'), await offeredTo(first, ':reminder')]).toEqual([
      expect.stringContaining('Still waits for others'),
      ['View plan'],
    ]);
    expect(await toldTo(second, ':reminder')).toContain('Still waits for you');
  });

  it('of a large group are told in its channel only', async () => {
    await members(GROUP, ACCOUNTS);
    await project();
    expect(await toldTo(first)).toBeNull();
    await members(GROUP, ACCOUNTS.slice(1));
    await project();
    expect(await toldTo(second)).toContain(lab.app);
  });
});
