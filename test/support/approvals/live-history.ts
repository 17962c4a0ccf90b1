import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Database } from '../../../src/ports/database.ts';
import { ApprovalLab } from './approval-lab.ts';
import { type Model, newModel, type Operation } from './approval-model.ts';
import { NAMES } from './cast.ts';
import { BOUND, explain, FACTORS, type History } from './histories.ts';

/** Null when everything that happened has an order in which the model does the same; otherwise what did not. */
export async function live(views: readonly Database[], observer: pg.Pool, { policy, steps }: History): Promise<string | null> {
  const lab = await ApprovalLab.open(views, { policy, factors: policy.secondFactor ? FACTORS : [] });
  const told: string[] = [];
  let models: readonly Model[] = [newModel(policy, policy.secondFactor ? FACTORS : [], lab.now, BOUND)];
  try {
    for (const step of steps) {
      const answers = await Promise.all(step.map((operation, view) => act(lab, operation, view, step.length > 1)));
      const observed = await observe(lab, observer);
      told.push(...step.map((operation, index) => `${index === 0 ? '-' : ' '} ${JSON.stringify(operation)}: ${answers[index]}`), observed);
      models = explain(models, step, answers, observed);
      if (models.length === 0) return `no order of the last step explains it\n${told.join('\n')}`;
    }
    const broken = await brokenPromise(lab, observer);
    return broken === null ? null : `${broken}\n${told.join('\n')}`;
  } finally {
    await lab.close();
  }
}

/** Refusals of one kind: which of them depends on how far one came before the role was taken away. */
const MAY_NOT = ['unknown_request', 'not_an_approver', 'unknown_deployment', 'unknown_app', 'not_allowed'];

async function act(lab: ApprovalLab, operation: Operation, view: number, isAtOnce: boolean): Promise<string> {
  if (isAtOnce) await sleep(Math.random() * 4);
  const answer = await does(lab, operation, view);
  return MAY_NOT.includes(answer) ? 'may not' : answer;
}

async function does(lab: ApprovalLab, operation: Operation, view: number): Promise<string> {
  switch (operation.does) {
    case 'ask':
      return lab.ask(operation.by, { view, delivery: operation.delivery, latestWins: operation.latestWins });
    case 'vote':
      return lab.vote(operation.by, operation.request, operation.decision, { step: operation.step }, view);
    case 'withdraw':
      return lab.withdraw(operation.by, operation.request, view);
    case 'tend':
      await lab.tend(operation.request, operation.what, view);
      return '';
    case 'run':
      return (await lab.run(operation.request, view)) ? 'started' : 'nothing';
    case 'finish':
      await lab.finish(operation.request);
      return '';
    case 'wait':
      lab.now += operation.ms;
      return '';
    case 'change':
      lab.set({ [operation.what]: operation.to });
      return '';
    case 'revoke':
      lab.revoke(operation.who);
      return '';
    case 'restore':
      lab.restore(operation.who);
      return '';
    case 'leave':
      lab.left.add(operation.guest);
      return '';
    case 'return':
      lab.left.delete(operation.guest);
      return '';
    case 'unlink':
      await lab.unlink(operation.guest);
      return '';
    case 'link':
      await lab.link(operation.guest, operation.to);
      return '';
  }
}

type Row = {
  readonly id: string;
  readonly state: string;
  readonly deployment: string;
  readonly votes: readonly { id: string; decision: string }[];
};

/** From the tables themselves, not through the stores. */
async function observe(lab: ApprovalLab, observer: pg.Pool): Promise<string> {
  if (lab.asked.length === 0) return '';
  const { rows } = await observer.query<Row>(
    `SELECT d.id, r.state, d.state AS deployment, coalesce((SELECT json_agg(json_build_object('id', v.person_id, 'decision', v.decision))
       FROM approval_votes v WHERE v.request_id = r.id), '[]') AS votes
     FROM deployments d JOIN approval_requests r ON r.deployment_id = d.id WHERE d.id = ANY($1)`,
    [lab.asked],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const nameOf = (id: string): string => NAMES.find((name) => lab.idOf(name) === id) ?? id;
  return lab.asked
    .map((id) => {
      const row = byId.get(id);
      const votes = (row?.votes ?? []).map((vote) => `${nameOf(vote.id)} ${vote.decision}`).toSorted();
      return `${row?.state} ${row?.deployment} [${votes}]`;
    })
    .join('\n');
}

type StartedRow = {
  readonly id: string;
  readonly state: string;
  readonly bound: boolean;
  readonly in_time: boolean;
  readonly agreed: number;
  readonly own: number;
  readonly unproven: number;
};

/** What has to hold whatever the model says; null when it does. */
async function brokenPromise(lab: ApprovalLab, observer: pg.Pool): Promise<string | null> {
  if (new Set(lab.started).size !== lab.started.length) return `a request started two deployments: ${lab.started}`;
  const { rows } = await observer.query<StartedRow>(
    `SELECT d.id, r.state, r.plan_hash = d.plan_hash AS bound, d.started_at >= r.not_before AND d.started_at < r.expires_at AS in_time,
       (SELECT count(DISTINCT person_id) FROM approval_votes v WHERE v.request_id = r.id AND decision = 'approve')::int AS agreed,
       (SELECT count(*) FROM approval_votes v WHERE v.request_id = r.id AND person_id = r.requester->>'id')::int AS own,
       (SELECT count(*) FROM approval_votes v WHERE v.request_id = r.id AND decision = 'approve' AND factor IS NULL)::int AS unproven
     FROM deployments d JOIN approval_requests r ON r.deployment_id = d.id WHERE d.stack = $1 AND d.started_at IS NOT NULL`,
    [lab.stack],
  );
  if (rows.length !== lab.started.length) return `${lab.started.length} starts were seen and ${rows.length} are recorded`;
  const { rules, secondFactor } = lab.policy;
  const wanted = rules.reduce((sum, { count }) => sum + count, 0);
  const broken = rows.find(
    ({ state, bound, in_time, agreed, own, unproven }) =>
      state !== 'used' || !bound || !in_time || agreed < wanted || own > 0 || (secondFactor && unproven > 0),
  );
  return broken === undefined ? null : `what started was not approved like that: ${JSON.stringify(broken)}`;
}
