import { type Kysely, sql } from 'kysely';
import type { MembershipReading } from '../../src/domain/membership.ts';
import type { MembershipStore } from '../../src/ports/membership-store.ts';
import { storable } from './documents.ts';
import type { Tables } from './schema.ts';

export class PostgresMembershipStore implements MembershipStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async save({ platform, account, groups, readAt }: MembershipReading): Promise<void> {
    await this.#db
      .insertInto('memberships')
      .values({ platform, account, groups: storable(groups), read_at: readAt })
      .onConflict((conflict) =>
        conflict
          .columns(['platform', 'account'])
          .doUpdateSet((eb) => ({ groups: eb.ref('excluded.groups'), read_at: eb.ref('excluded.read_at') }))
          .whereRef('memberships.read_at', '<=', 'excluded.read_at'),
      )
      .execute();
  }

  async of(accounts: readonly { readonly platform: string; readonly account: string }[]): Promise<readonly MembershipReading[]> {
    if (accounts.length === 0) return [];
    const rows = await this.#db
      .selectFrom('memberships')
      .selectAll()
      .where((eb) => eb.or(accounts.map(({ platform, account }) => eb.and({ platform, account }))))
      .execute();
    return rows.map((row) => ({
      platform: row.platform,
      account: row.account,
      groups: row.groups as readonly string[],
      readAt: row.read_at,
    }));
  }

  async saveMembers(group: string, people: readonly string[], readAt: number): Promise<void> {
    await this.#db
      .insertInto('group_members')
      .values({ group_name: group, people: storable(people), read_at: readAt })
      .onConflict((conflict) =>
        conflict
          .column('group_name')
          .doUpdateSet((eb) => ({ people: eb.ref('excluded.people'), read_at: eb.ref('excluded.read_at') }))
          .whereRef('group_members.read_at', '<=', 'excluded.read_at'),
      )
      .execute();
  }

  async membersOf(groups: readonly string[]): Promise<readonly string[]> {
    if (groups.length === 0) return [];
    const rows = await this.#db.selectFrom('group_members').select('people').where('group_name', 'in', groups).execute();
    return [...new Set(rows.flatMap(({ people }) => people as readonly string[]))];
  }

  async groupsOf(personId: string): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom('group_members')
      .select('group_name')
      .where(sql<boolean>`people @> ${storable([personId])}::jsonb`)
      .orderBy('group_name')
      .execute();
    return rows.map(({ group_name: group }) => group);
  }

  async spoken({ after, limit, now }: Parameters<MembershipStore['spoken']>[0]): Promise<readonly string[]> {
    const { rows } = await sql<{ person: string }>`
      SELECT person FROM (
        SELECT requester ->> 'id' AS person FROM deployments
          WHERE state IN ('requested', 'awaiting_approval', 'queued') AND jsonb_array_length(requester_groups) > 0
        UNION
        SELECT person_id FROM approval_votes JOIN approval_requests ON approval_requests.id = approval_votes.request_id
          WHERE approval_requests.state IN ('open', 'approved') AND decision = 'approve' AND jsonb_array_length(groups) > 0
        UNION
        SELECT asked_by ->> 'id' FROM role_changes
          WHERE state = 'open' AND expires_at > ${now} AND jsonb_array_length(coalesce(asked_by -> 'groups', '[]')) > 0
        UNION
        SELECT asked_by ->> 'id' FROM factor_resets
          WHERE done_at IS NULL AND expires_at > ${now} AND jsonb_array_length(coalesce(asked_by -> 'groups', '[]')) > 0
      ) AS speakers
      WHERE person COLLATE "C" > ${after ?? ''}
      ORDER BY person COLLATE "C"
      LIMIT ${limit}`.execute(this.#db);
    return rows.map(({ person }) => person);
  }
}
