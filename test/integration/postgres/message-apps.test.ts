import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { up } from '../../../migrations/20261121T067100-message-apps.ts';
import { aMessage, store } from '../../contract/database-fixtures.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it('messages from before know their app by their deployment; an answer of which nobody knows is nobody’s any more', async () => {
  const { database } = test;
  const { messages } = database.stores;
  const { id } = await store(database, { app: 'shop' });
  const card = await messages.insert(aMessage({ key: `card:${id}` }));
  const detail = await messages.insert(aMessage({ key: `stage:${id}`, threadRoot: card.id }));
  const author = { kind: 'person', id: 'ada', name: 'Ada' } as const;
  const typed = await messages.insert(aMessage({ key: 'typed:1', author }));
  const reply = await messages.insert(aMessage({ key: 'reply:1' }));
  const said = await messages.insert(aMessage({ key: 'said:1', author }));
  const position = await messages.lastPosition();

  const owner = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: test.url }) }) });
  // As it was before: the trigger of today looks at the column that is to come.
  await sql`ALTER TABLE messages DROP COLUMN app CASCADE`.execute(owner);
  await sql`
    CREATE TRIGGER messages_position BEFORE INSERT OR UPDATE ON messages
      FOR EACH ROW EXECUTE FUNCTION assign_message_position()`.execute(owner);
  await owner.transaction().execute((transaction) => up(transaction));
  await owner.destroy();

  const readers = async (message: { readonly id: string }) => {
    const { app, privateTo } = (await messages.find(message.id)) ?? {};
    return { app, privateTo };
  };
  expect(await readers(card)).toEqual({ app: 'shop', privateTo: null });
  expect(await readers(detail)).toEqual({ app: 'shop', privateTo: null });
  expect(await readers(typed)).toEqual({ app: null, privateTo: 'ada' });
  expect(await readers(reply)).toEqual({ app: null, privateTo: 'nobody' });
  expect(await readers(said)).toEqual({ app: null, privateTo: null });
  expect(await messages.lastPosition()).toBe(position);
});
