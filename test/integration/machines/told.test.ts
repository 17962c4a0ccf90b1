import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tellPerson } from '../../../src/chat-core/tell-person.ts';
import { composeMessage } from '../../../src/views/compose-message.ts';
import { aWorkspace } from '../../support/builders.ts';
import { FakeClock } from '../../support/builders-parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it('whoever a machine acts for is told what it would be told', async () => {
  const slack = `T1/U${randomUUID().slice(0, 6).toUpperCase()}`;
  const workspace = aWorkspace({ people: { ada: { id: 'ada', name: 'Ada', identities: { slack } } } });
  const parts = { database: test.database, workspace: () => workspace, clock: new FakeClock() };
  await tellPerson(parts, 'token:ada/k3f9', 'notice:1', composeMessage('Rejected', 'warning', []));
  expect(await test.database.stores.messages.placesOf('notice:1')).toEqual([{ platform: 'slack', channel: slack }]);
});
