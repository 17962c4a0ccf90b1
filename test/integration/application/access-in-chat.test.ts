import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import { createUseCases } from '../../../src/application/create-use-cases.ts';
import type { Reply } from '../../../src/chat/command.ts';
import type { Message } from '../../../src/chat/message.ts';
import { createChatCore } from '../../../src/chat-core/create-chat-core.ts';
import { createDeploymentProjection } from '../../../src/chat-core/project-deployment.ts';
import { createNotices } from '../../../src/chat-core/tell-person.ts';
import { LiveAccess } from '../../../src/cli/live-access.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { anApp, aWorkspace } from '../../support/builders.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { anApp as anAuthenticator, factorParts } from '../../support/second-factor/person-with-factors.ts';

/** From what somebody types to the button that another owner gets, with everything between the chat and the database. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const PEOPLE: readonly Person[] = ['olga', 'bob', 'carl', 'dana'].map((id) => ({
  id,
  name: `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
}));

const slackOf = (id: string): string => `T1/U${id.toUpperCase()}`;

async function setUp() {
  const roles = { owner: ['olga', 'bob', 'carl'], admin: [], developer: ['dana'], viewer: [], incident: [] };
  const people = Object.fromEntries(PEOPLE.map((person) => [person.id, { ...person, identities: { slack: slackOf(person.id) } }]));
  const file = aWorkspace({ people, apps: { shop: anApp('shop', { roles }) } });
  const { parts: some, clock } = factorParts(test);
  const live = await LiveAccess.open({ ...some, workspace: () => file, logger: silentLogger });
  const workspace = () => live.current;
  const { database } = test;
  const parts = { ...some, workspace, notices: createNotices({ database, workspace, clock }) };
  const useCases = createUseCases(parts);
  const projection = createDeploymentProjection({ ...parts, readDeployment: useCases.readDeployment });
  const core = createChatCore({ ...parts, commands, actions, useCases, projection });
  const devices = new Map(await Promise.all(PEOPLE.map(async (person) => [person.id, await anAuthenticator(test, person)] as const)));

  const delivery = (id: string) => {
    const person = PEOPLE.find((one) => one.id === id) ?? { id, name: id };
    return { person, platform: 'slack', channel: 'T1/C1', deliveryId: randomUUID() };
  };
  const say = (id: string, text: string) => core.command({ ...delivery(id), text });
  const press = (id: string, action: string, values: Record<string, string> = {}) => core.action({ ...delivery(id), action, values });
  /** Presses or says something that opens a form, and sends it with a new code. */
  async function withCode(id: string, reply: Reply | null): Promise<Reply | null> {
    if (reply?.kind !== 'form') throw new Error(`no form: ${JSON.stringify(reply)}`);
    await clock.advance(30_000);
    return press(id, reply.form.action, { code: devices.get(id)?.codeAt(clock.now()) ?? '' });
  }
  const direct = async (id: string): Promise<readonly Message[]> =>
    (await database.stores.messages.channel('slack', slackOf(id), { id, apps: ['shop'] }, 20)).map(({ content }) => content as Message);
  return { say, press, withCode, direct, live };
}

const saidIn = (reply: Reply | null): string => JSON.stringify(reply);
const buttonsIn = (messages: readonly Message[]) =>
  messages.flatMap(({ elements }) => elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : [])));

it('an owner asks, another one agrees from a direct message, and who has the role sees why', async () => {
  const { say, press, withCode, direct, live } = await setUp();
  expect(await say('dana', '/access shop grant dana owner')).toMatchObject({ kind: 'refusal', refusal: { refused: 'not_allowed' } });
  expect(saidIn(await withCode('olga', await say('olga', '/access shop grant dana owner --for 8h')))).toContain('Told: Bob and Carl.');
  expect(saidIn(await say('dana', '/whoami shop'))).toContain('shop: developer (shipmate.yml)');

  const [agree] = buttonsIn(await direct('bob'));
  expect(agree?.label).toBe('Agree…');
  expect(await press('olga', agree?.action ?? '')).toMatchObject({ kind: 'refusal', refusal: { refused: 'own_request' } });
  expect(saidIn(await withCode('bob', await press('bob', agree?.action ?? '')))).toContain('Dana is owner of shop now');
  // What Carl was asked says now what came of it, without buttons.
  expect(buttonsIn(await direct('carl'))).toEqual([]);
  expect((await direct('carl')).map(({ summary }) => summary)).toEqual(['Dana is owner of shop now']);
  expect((await direct('dana')).map(({ summary }) => summary)).toEqual(['You are owner of shop now']);

  await expect
    .poll(async () => saidIn(await say('dana', '/whoami shop')), { timeout: 5000 })
    .toMatch(/shop: owner \(given by Olga until 21 Nov \d\d:\d\d UTC\), developer \(shipmate.yml\)/);
  expect(saidIn(await say('dana', '/access shop'))).toContain('Dana (given by Olga until');
  expect(saidIn(await withCode('dana', await say('dana', '/access shop grant dana incident')))).toContain('Not done yet');
  await live.close();
});
