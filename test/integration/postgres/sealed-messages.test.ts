import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { aMessage } from '../../contract/database-fixtures.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  test = await createTestDatabase();
  client = new pg.Client({ connectionString: test.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await test.drop();
});

const aToken = () => randomBytes(32).toString('base64url');
const rows = async () =>
  (await client.query<{ row: string }>('SELECT m::text AS row FROM messages m')).rows.map(({ row }) => row).join('\n');

it('what one person alone reads stands in no row as it is: private answers and direct conversations, first and edited', async () => {
  const { messages } = test.database.stores;
  const [link, newer, direct, shown] = [aToken(), aToken(), aToken(), aToken()];
  const answer = { ...aMessage({ privateTo: 'ada', content: { link } }), key: 'reply:1' };
  expect((await messages.upsert(answer)).message.content).toEqual({ link });
  expect(await messages.upsert(answer)).toMatchObject({ changed: false });
  const { message } = await messages.upsert({ ...answer, content: { link: newer } });
  expect(message.content).toEqual({ link: newer });
  await messages.insert(aMessage({ platform: 'slack', channel: 'T1/U1', content: { direct } }));
  await messages.insert(aMessage({ content: { shown } }));
  const dump = await rows();
  expect(dump).toContain(shown);
  for (const token of [link, newer, direct])
    for (const form of [token, Buffer.from(token).toString('hex')]) expect(dump).not.toContain(form);

  // Its answer turned out to be for everybody.
  await messages.upsert({ ...answer, privateTo: null, content: 'for all' });
  expect(await rows()).toContain('for all');
});

it('sealed bytes open for their own row and reader only', async () => {
  const { messages } = test.database.stores;
  const mine = await messages.insert(aMessage({ privateTo: 'ada', content: { link: aToken() } }));
  const other = await messages.insert(aMessage({ privateTo: 'ben', content: { link: aToken() } }));
  const unreadable = { summary: expect.stringContaining('cannot be opened') };
  await client.query('UPDATE messages SET sealed = (SELECT sealed FROM messages WHERE id = $1) WHERE id = $2', [mine.id, other.id]);
  expect((await messages.find(other.id))?.content).toMatchObject(unreadable);
  await client.query(`UPDATE messages SET private_to = 'ben' WHERE id = $1`, [mine.id]);
  expect((await messages.find(mine.id))?.content).toMatchObject(unreadable);
});

it('a process without keys can neither write nor read what is private', async () => {
  const database = new PostgresDatabase({ connectionString: test.appUrl, logger: silentLogger, poolSize: 1 });
  const secret = await test.database.stores.messages.insert(aMessage({ privateTo: 'ada' }));
  await expect(database.stores.messages.insert(aMessage({ privateTo: 'ada' }))).rejects.toThrow('no sealer');
  await expect(database.stores.messages.find(secret.id)).rejects.toThrow('no sealer');
  await database.close();
});
