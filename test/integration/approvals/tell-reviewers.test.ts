import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDeployment } from '../../../src/application/read-deployment.ts';
import type { Message } from '../../../src/chat/message.ts';
import { createDeploymentProjection } from '../../../src/chat-core/project-deployment.ts';
import { nudgeApprovers } from '../../../src/chat-core/tell-approvers.ts';
import type { StoredMessage } from '../../../src/domain/stored-message.ts';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { MINUTE, type Name, policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const summaryOf = (message: StoredMessage | null): string => (message === null ? 'nothing' : (message.content as Message).summary);
const HOUR = 60 * MINUTE;

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it('whoever may sign off broken glass is reminded of it once a day until somebody has, and hears then who', async () => {
  const lab = await ApprovalLab.open([test.database], { policy: policyOf([{ count: 1, from: ['owner'] }]), factors: ['bob'] });
  lab.roles.incident.push(lab.idOf('bob'));
  expect(await lab.breakGlass('bob', { reason: 'the checkout is down', step: 7 })).toBe('break_glass queued');
  for (const name of ['olga', 'adam', 'bob'] as const) {
    const id = lab.idOf(name);
    lab.people[id] = { id, name, identities: { slack: `T1/U${name.toUpperCase()}` } };
  }
  const messages = test.database.stores.messages;
  const prefix = `review:${lab.asked[0]}:`;
  const nudge = async (): Promise<void> => {
    const stop = new AbortController();
    const parts = lab.parts();
    const clock = { now: () => lab.now, sleep: async () => stop.abort() };
    await nudgeApprovers({ ...parts, clock, readDeployment: (id) => readDeployment(parts, id) }, stop.signal);
  };
  const told = async (): Promise<readonly string[]> => (await messages.standing(prefix)).map(({ key }) => key.slice(prefix.length));
  const summaries = async (): Promise<ReadonlySet<string>> => {
    const all = await messages.standing(prefix);
    const read = all.map(async ({ platform, channel, key }) => summaryOf(await messages.findByKey(platform, channel, key)));
    return new Set(await Promise.all(read));
  };
  const reviewers = (turn: number) => (['olga', 'adam'] satisfies Name[]).map((name) => `${turn}:${lab.idOf(name)}`);

  lab.now += HOUR - 1;
  await nudge();
  expect(await told()).toEqual([]);
  lab.now += 1;
  await nudge();
  await nudge();
  const first = await told();
  expect(first).toEqual(expect.arrayContaining(reviewers(0)));
  expect(first.join()).not.toContain(lab.idOf('bob'));
  lab.now += 24 * HOUR;
  await nudge();
  expect(await told()).toEqual([...first, ...first.map((key) => key.replace(/^0/, '1'))]);
  expect([...(await summaries())]).toEqual([expect.stringContaining('Nobody has looked yet')]);

  expect(await lab.signOff('olga', 0)).toBe('signed off');
  const parts = lab.parts();
  await createDeploymentProjection({ ...parts, readDeployment: (id) => readDeployment(parts, id) }).project(lab.asked[0] ?? '');
  expect([...(await summaries())]).toEqual([expect.stringMatching(/looked at what .* did past the approvals/)]);
  lab.now += 24 * HOUR;
  await nudge();
  expect((await told()).length).toBe(2 * first.length);
});
