import { type Kysely, sql } from 'kysely';

/** Which app a message tells about: in the browser chat it is for those who may see that app. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE messages ADD COLUMN app text COLLATE "C"`.execute(db);
  // Cards are named after their deployment, and what stands in a thread is about what its root is about. Positions stay as
  // they are: nothing changed that anybody has to be sent again.
  await sql`ALTER TABLE messages DISABLE TRIGGER messages_position`.execute(db);
  await sql`
    UPDATE messages SET app = deployments.app FROM deployments
    WHERE messages.key = 'card:' || deployments.id`.execute(db);
  await sql`
    UPDATE messages SET app = root.app FROM messages AS root
    WHERE messages.thread_root = root.id AND root.app IS NOT NULL`.execute(db);
  // What else was public before may tell of any app: from here on its writer reads it, and nobody else. The bot's answers to
  // commands have no writer of their own; whoever needs one asks again.
  await sql`
    UPDATE messages SET private_to = coalesce(author ->> 'id', 'nobody')
    WHERE platform = 'web' AND private_to IS NULL AND app IS NULL AND (key LIKE 'typed:%' OR key LIKE 'reply:%')`.execute(db);
  await sql`ALTER TABLE messages ENABLE TRIGGER messages_position`.execute(db);
}
