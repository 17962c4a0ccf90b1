import { type Kysely, sql } from 'kysely';

/** What one person alone reads is sealed: such a message has its content there, and JSON null in `content`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE messages ADD COLUMN sealed bytea,
      ADD CONSTRAINT messages_sealed_or_open CHECK (sealed IS NULL OR content = 'null'::jsonb)`.execute(db);
  // As before, but not for what is sealed anew under another key: nothing changed that anybody has to be sent again.
  await sql`DROP TRIGGER messages_position ON messages`.execute(db);
  await sql`
    CREATE TRIGGER messages_position BEFORE INSERT OR UPDATE OF content, private_to, app, replies, updated_at ON messages
      FOR EACH ROW EXECUTE FUNCTION assign_message_position()`.execute(db);
}
