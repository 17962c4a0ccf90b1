import { type Kysely, type Selectable, sql } from 'kysely';
import { type ApprovalRequest, type ApprovalState, canClose, type Vote } from '../../src/domain/approval.ts';
import type { ApprovalPolicy } from '../../src/domain/approval-policy.ts';
import type { Person } from '../../src/domain/deployment.ts';
import type { ApprovalStore } from '../../src/ports/approval-store.ts';
import { storable, storableText } from './documents.ts';
import type { Tables } from './schema.ts';

const LIVE: readonly ApprovalState[] = ['open', 'approved'];

export class PostgresApprovalStore implements ApprovalStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async insert(request: ApprovalRequest): Promise<void> {
    await this.#db
      .insertInto('approval_requests')
      .values({
        id: request.id,
        deployment_id: request.deploymentId,
        app: request.app,
        environment: request.environment,
        stack: request.stack,
        plan_hash: request.planHash,
        policy: storable(request.policy),
        policy_version: request.policyVersion,
        base_revision: request.baseRevision,
        is_promotion: request.isPromotion,
        requester: storable(request.requester),
        requested_at: request.requestedAt,
        expires_at: request.expiresAt,
        not_before: request.notBefore,
        state: request.state,
        closed: request.closed === null ? null : storable(request.closed),
        reminded_at: request.remindedAt,
        escalated_at: request.escalatedAt,
      })
      .execute();
  }

  async find(id: string): Promise<ApprovalRequest | null> {
    const row = await this.#db.selectFrom('approval_requests').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toRequest(row);
  }

  async findByDeployment(deploymentId: string): Promise<ApprovalRequest | null> {
    const row = await this.#db.selectFrom('approval_requests').selectAll().where('deployment_id', '=', deploymentId).executeTakeFirst();
    return row === undefined ? null : toRequest(row);
  }

  async lock(id: string): Promise<ApprovalRequest | null> {
    const row = await this.#db.selectFrom('approval_requests').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    return row === undefined ? null : toRequest(row);
  }

  async vote(requestId: string, { person, decision, at, factor, reason, groups }: Vote): Promise<void> {
    await this.#db
      .insertInto('approval_votes')
      .values({
        request_id: requestId,
        person_id: person.id,
        person: storable(person),
        decision,
        at,
        factor,
        reason: reason === null ? null : storableText(reason),
        groups: storable(groups),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async renewVote(requestId: string, vote: Vote): Promise<void> {
    await this.#db
      .deleteFrom('approval_votes')
      .where('request_id', '=', requestId)
      .where('person_id', '=', vote.person.id)
      .where('decision', '=', vote.decision)
      .execute();
    await this.vote(requestId, vote);
  }

  async votesOf(requestId: string): Promise<readonly Vote[]> {
    const rows = await this.#db
      .selectFrom('approval_votes')
      .selectAll()
      .where('request_id', '=', requestId)
      .orderBy('at')
      .orderBy('person_id')
      .execute();
    return rows.map(({ person, decision, at, factor, reason, groups }) => ({
      person: person as Person,
      decision: decision as Vote['decision'],
      at,
      factor,
      reason,
      groups: groups as readonly string[],
    }));
  }

  async close(id: string, from: ApprovalState, to: ApprovalState, closed: NonNullable<ApprovalRequest['closed']>): Promise<boolean> {
    if (!canClose(from, to)) throw new Error(`an approval request never goes from ${from} to ${to}`);
    const result = await this.#db
      .updateTable('approval_requests')
      .set({ state: to, closed: storable(closed) })
      .where('id', '=', id)
      .where('state', '=', from)
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  async live(afterId: string, limit: number): Promise<readonly ApprovalRequest[]> {
    const rows = await this.#db
      .selectFrom('approval_requests')
      .selectAll()
      .where('state', 'in', LIVE)
      .where('id', '>', afterId)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(toRequest);
  }

  async due(nowMs: number, limit: number): Promise<readonly ApprovalRequest[]> {
    const rows = await this.#db
      .selectFrom('approval_requests')
      .innerJoin('deployments', 'deployments.id', 'approval_requests.deployment_id')
      .selectAll('approval_requests')
      .where('approval_requests.state', 'in', LIVE)
      .where((eb) =>
        eb.or([
          eb('approval_requests.expires_at', '<=', nowMs),
          eb.and([
            eb('approval_requests.state', '=', 'approved'),
            eb('not_before', '<=', nowMs),
            eb('deployments.state', '=', 'awaiting_approval'),
          ]),
          // Its deployment ended in another way: superseded, cancelled.
          eb('deployments.finished_at', 'is not', null),
        ]),
      )
      .orderBy('approval_requests.expires_at')
      .limit(limit)
      .execute();
    return rows.map(toRequest);
  }

  async openOf(apps: readonly string[], limit: number): Promise<readonly ApprovalRequest[]> {
    const rows = await this.#db
      .selectFrom('approval_requests')
      .selectAll()
      .where('state', '=', 'open')
      .where('app', '=', sql<string>`any(${apps})`)
      .orderBy('requested_at')
      .limit(limit)
      .execute();
    return rows.map(toRequest);
  }

  async toNudge(nowMs: number, limit: number): Promise<readonly ApprovalRequest[]> {
    const rows = await this.#db
      .selectFrom('approval_requests')
      .selectAll()
      .where('state', '=', 'open')
      .where((eb) =>
        eb.or([
          eb.and([eb('reminded_at', 'is', null), sql<boolean>`requested_at + (policy ->> 'remindAfterMs')::bigint <= ${nowMs}`]),
          eb.and([eb('escalated_at', 'is', null), sql<boolean>`requested_at + (policy ->> 'escalateAfterMs')::bigint <= ${nowMs}`]),
        ]),
      )
      .orderBy('requested_at')
      .limit(limit)
      .execute();
    return rows.map(toRequest);
  }

  async noteReminded(id: string, atMs: number): Promise<boolean> {
    const query = this.#db
      .updateTable('approval_requests')
      .set({ reminded_at: atMs })
      .where('id', '=', id)
      .where('reminded_at', 'is', null);
    return (await query.where('state', '=', 'open').executeTakeFirst()).numUpdatedRows === 1n;
  }

  async noteEscalated(id: string, atMs: number): Promise<boolean> {
    const query = this.#db
      .updateTable('approval_requests')
      .set({ escalated_at: atMs })
      .where('id', '=', id)
      .where('escalated_at', 'is', null);
    return (await query.where('state', '=', 'open').executeTakeFirst()).numUpdatedRows === 1n;
  }
}

function toRequest(row: Selectable<Tables['approval_requests']>): ApprovalRequest {
  return {
    id: row.id,
    deploymentId: row.deployment_id,
    app: row.app,
    environment: row.environment,
    stack: row.stack,
    planHash: row.plan_hash,
    policy: row.policy as ApprovalPolicy,
    policyVersion: row.policy_version,
    baseRevision: row.base_revision,
    isPromotion: row.is_promotion,
    requester: row.requester as Person,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    notBefore: row.not_before,
    state: row.state as ApprovalState,
    closed: row.closed as ApprovalRequest['closed'],
    remindedAt: row.reminded_at,
    escalatedAt: row.escalated_at,
  };
}
