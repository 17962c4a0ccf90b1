import { type Kysely, sql } from 'kysely';

/**
 * The audit trail becomes a hash chain: each record gets a number without gaps, the hash of the record before it, and the SHA-256
 * of its own canonical text (src/domain/audit-chain.ts makes the same text without a database).
 *
 * The links stand beside the records, so that nothing ever has to change a record. They are made when a transaction commits, by
 * a deferred trigger that takes the one row of `audit_head`: writers wait for each other only for the length of a commit, the
 * numbers follow the order of commits, and a transaction that is rolled back leaves no gap. The functions that write links or
 * remove old records run as the owner of the tables; the application's own role may insert records and read, nothing else.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const found = await sql<{ schema: string }>`SELECT quote_ident(current_schema()) AS schema`.execute(db);
  const schema = found.rows[0]?.schema;
  if (schema === undefined) throw new Error('the connection has no schema to make tables in');
  for (const statement of statements(schema)) await sql.raw(statement).execute(db);
}

/** What a function that runs as the owner finds by name must not depend on who calls it. */
const pinned = (schema: string): string => `SECURITY DEFINER SET search_path = pg_catalog, ${schema}, pg_temp`;

const statements = (schema: string): readonly string[] => [
  // They waited for the chain and were never set.
  'ALTER TABLE audit DROP COLUMN previous_hash, DROP COLUMN hash',

  `CREATE TABLE audit_chain (
    seq           bigint PRIMARY KEY CHECK (seq > 0),
    record        bigint NOT NULL UNIQUE,
    linked_at     bigint NOT NULL,
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash          bytea NOT NULL CHECK (octet_length(hash) = 32)
  )`,
  // One row each. Of its own, so that a chain whose end was cut off does not simply go on from what is left.
  `CREATE TABLE audit_head (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq       bigint NOT NULL,
    hash      bytea NOT NULL,
    linked_at bigint NOT NULL
  )`,
  // Apart from the head: removing old records must not hold up those who append.
  `CREATE TABLE audit_pruned (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    through bigint NOT NULL,
    hash    bytea NOT NULL
  )`,
  `INSERT INTO audit_pruned (through, hash) VALUES (0, decode(repeat('00', 32), 'hex'))`,

  // The same text as canonicalText in src/domain/exact-json.ts: no spaces, keys in the order of their code points, numbers without
  // exponent and trailing zeros. jsonb's own text is not used: its order of keys and its digits are nobody's promise.
  `CREATE FUNCTION canonical_json(value jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
   BEGIN
     CASE jsonb_typeof(value)
       WHEN 'object' THEN
         RETURN '{' || coalesce((SELECT string_agg(to_json(member.key)::text || ':' || ${schema}.canonical_json(member.value), ',' ORDER BY member.key COLLATE "C")
                                   FROM jsonb_each(value) AS member), '') || '}';
       WHEN 'array' THEN
         RETURN '[' || coalesce((SELECT string_agg(${schema}.canonical_json(item.value), ',' ORDER BY item.ordinality)
                                   FROM jsonb_array_elements(value) WITH ORDINALITY AS item), '') || ']';
       WHEN 'number' THEN RETURN trim_scale((value #>> '{}')::numeric)::text;
       ELSE RETURN value::text;
     END CASE;
   END $$`,
  // What is hashed: every column of the record, and its place in the chain. `details` comes canonical, because it is made before
  // anything is locked.
  `CREATE FUNCTION audit_text(a audit, details text, seq bigint, linked_at bigint, previous bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$
     SELECT '{"action":' || to_json(a.action)::text || ',"actor":' || to_json(a.actor)::text || ',"at":' || a.at || ',"details":' || details
         || ',"id":' || a.id || ',"linkedAt":' || linked_at || ',"previous":"' || encode(previous, 'hex') || '","result":' || to_json(a.result)::text
         || ',"seq":' || seq || ',"source":' || to_json(a.source)::text || ',"subject":' || to_json(a.subject)::text || '}'
   $$`,
  `CREATE FUNCTION audit_hash(a audit, details text, seq bigint, linked_at bigint, previous bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
     SELECT sha256(convert_to(${schema}.audit_text(a, details, seq, linked_at, previous), 'UTF8'))
   $$`,
  `CREATE FUNCTION audit_now() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$`,

  // What was recorded before, in the order in which it was written.
  `DO $$
   DECLARE
     a      audit;
     number bigint := 0;
     last   bytea := decode(repeat('00', 32), 'hex');
     before bytea;
     now_ms bigint := audit_now();
   BEGIN
     FOR a IN SELECT * FROM audit ORDER BY id LOOP
       number := number + 1;
       before := last;
       last := audit_hash(a, canonical_json(a.details), number, now_ms, before);
       INSERT INTO audit_chain (seq, record, linked_at, previous_hash, hash) VALUES (number, a.id, now_ms, before, last);
     END LOOP;
     INSERT INTO audit_head (seq, hash, linked_at) VALUES (number, last, now_ms);
   END $$`,

  // The row lock of the head is held to the end of the commit and no longer. The canonical text of the details is made before it.
  `CREATE FUNCTION link_audit() RETURNS trigger LANGUAGE plpgsql ${pinned(schema)} AS $$
   DECLARE
     details text := canonical_json(NEW.details);
     head    audit_head;
     now_ms  bigint;
     own     bytea;
   BEGIN
     SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
     -- Never earlier than the link before it, whatever the clock does.
     now_ms := greatest(audit_now(), head.linked_at);
     own := audit_hash(NEW, details, head.seq + 1, now_ms, head.hash);
     INSERT INTO audit_chain (seq, record, linked_at, previous_hash, hash) VALUES (head.seq + 1, NEW.id, now_ms, head.hash, own);
     UPDATE audit_head SET seq = head.seq + 1, hash = own, linked_at = now_ms;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER audit_is_linked AFTER INSERT ON audit
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_audit()`,

  // Append-only, except for what a checkpoint covers.
  'DROP TRIGGER audit_is_append_only ON audit',
  `CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR TRUNCATE ON audit
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
  `CREATE TRIGGER audit_chain_is_append_only BEFORE UPDATE OR TRUNCATE ON audit_chain
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
  `CREATE FUNCTION refuse_audit_delete() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, ${schema}, pg_temp AS $$
   DECLARE
     place bigint;
   BEGIN
     IF TG_TABLE_NAME = 'audit' THEN
       SELECT seq INTO place FROM audit_chain WHERE record = OLD.id;
     ELSE
       place := OLD.seq;
     END IF;
     IF place IS NULL OR place > (SELECT through FROM audit_pruned) THEN
       RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
     END IF;
     RETURN OLD;
   END $$`,
  `CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_delete()`,
  `CREATE TRIGGER audit_chain_is_kept BEFORE DELETE ON audit_chain FOR EACH ROW EXECUTE FUNCTION refuse_audit_delete()`,

  // A checkpoint says what really was removed, or is not written.
  `CREATE FUNCTION refuse_false_checkpoint() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, ${schema}, pg_temp AS $$
   BEGIN
     IF NOT EXISTS (SELECT FROM audit_pruned
                     WHERE NEW.details @> jsonb_build_object('through', through, 'hash', encode(hash, 'hex'))) THEN
       RAISE EXCEPTION 'a checkpoint of the audit trail is written by prune_audit only' USING ERRCODE = 'restrict_violation';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER audit_checkpoint_is_true BEFORE INSERT ON audit FOR EACH ROW
     WHEN (NEW.action = 'audit.prune') EXECUTE FUNCTION refuse_false_checkpoint()`,

  // Removes the oldest records, at most `most` of them: those written and linked before `before` and at least 90 days ago, by the
  // database's own clock for the link. Each is checked first, so that nothing that was tampered with disappears by this way.
  `CREATE FUNCTION prune_audit(before bigint, by text, most integer, OUT through bigint, OUT removed bigint)
     LANGUAGE plpgsql ${pinned(schema)} AS $$
   DECLARE
     pruned audit_pruned;
     cutoff bigint := least(before, audit_now() - 90 * 86400000::bigint);
     link   record;
     last   bytea;
   BEGIN
     SELECT * INTO STRICT pruned FROM audit_pruned FOR UPDATE;
     through := pruned.through;
     removed := 0;
     last := pruned.hash;
     FOR link IN SELECT c.seq, c.linked_at, c.previous_hash, c.hash, a AS record
                   FROM audit_chain c LEFT JOIN audit a ON a.id = c.record
                  WHERE c.seq > pruned.through ORDER BY c.seq LIMIT most LOOP
       EXIT WHEN link.linked_at >= cutoff OR (link.record).at >= cutoff;
       IF link.seq <> through + 1 OR link.previous_hash <> last OR link.hash IS DISTINCT FROM
          audit_hash(link.record, canonical_json((link.record).details), link.seq, link.linked_at, link.previous_hash) THEN
         RAISE EXCEPTION 'record % of the audit trail does not verify: nothing is removed', through + 1 USING ERRCODE = 'data_corrupted';
       END IF;
       through := link.seq;
       last := link.hash;
       removed := removed + 1;
     END LOOP;
     IF removed = 0 THEN
       RETURN;
     END IF;
     UPDATE audit_pruned SET through = prune_audit.through, hash = last;
     INSERT INTO audit (at, actor, action, subject, source, result, details)
     VALUES (audit_now(), by, 'audit.prune', 'audit', 'database', 'done',
             jsonb_build_object('through', through, 'hash', encode(last, 'hex'), 'count', removed, 'before', cutoff, 'role', session_user));
     DELETE FROM audit WHERE id IN (SELECT c.record FROM audit_chain c WHERE c.seq <= prune_audit.through);
     DELETE FROM audit_chain c WHERE c.seq <= prune_audit.through;
   END $$`,
  'REVOKE ALL ON FUNCTION link_audit(), prune_audit(bigint, text, integer) FROM PUBLIC',
];
