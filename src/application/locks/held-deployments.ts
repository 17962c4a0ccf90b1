import type { NewAuditRecord } from '../../domain/audit.ts';
import type { Deployment, Hold } from '../../domain/deployment.ts';
import { type Closure, closureOf } from '../../domain/environment-gate.ts';
import { isSameJson } from '../../domain/json.ts';
import type { Stores } from '../../ports/database.ts';
import { closedRefusal } from '../environment-gate.ts';
import { gateFactsOf, readStanding, type Standing } from '../gate-facts.ts';
import type { Parts } from '../parts.ts';
import { wakeWorker } from '../wake-worker.ts';

type HoldParts = Pick<Parts, 'database' | 'notices' | 'queue' | 'clock' | 'schedules' | 'workspace' | 'logger'>;

/** What nobody approved has no end of its own: after a day nobody counts on it any more. */
const LONGEST_MS = 24 * 3_600_000;
const AT_ONCE = 100;

/** Why it waits, since when, and until when if that can be told. */
export function holdFor(deployment: Deployment, closure: Closure, now: number): Hold {
  return { since: deployment.hold?.since ?? now, because: closedRefusal(deployment, closure).message, opensAt: closure.opensAt };
}

/**
 * Puts back into the queue whatever waits for an environment that is open by now, for whoever asked for it. What waits for another reason than
 * before says so; what has waited too long ends. An approval that runs out meanwhile ends its deployment by itself. Any number of
 * processes do this: of two, the database takes one.
 */
export async function tendHeld(parts: HoldParts): Promise<void> {
  const { stores } = parts.database;
  let page = await stores.deployments.held(AT_ONCE, null);
  if (page.length === 0) return;
  const now = parts.clock.now();
  const standing = await readStanding(stores, now);
  for (;;) {
    for (const deployment of page) await tendOne(parts, standing, deployment, now);
    // All of them each time: what stays closed for long must not hide what is behind it.
    const last = page.at(-1);
    if (last === undefined || page.length < AT_ONCE) return;
    page = await stores.deployments.held(AT_ONCE, last.id);
  }
}

/** What goes wrong with one keeps no other waiting. */
async function tendOne(parts: HoldParts, standing: Standing, deployment: Deployment, now: number): Promise<void> {
  try {
    const facts = gateFactsOf(parts.workspace(), standing, deployment.environment);
    // Whether an environment that nobody knows any more takes it is decided where it would start.
    const closure = facts === null ? null : closureOf(facts, deployment, deployment.requester.id, now, parts.schedules);
    if (closure === null) await putBack(parts, deployment);
    else await keepAside(parts, deployment, holdFor(deployment, closure, now), now);
  } catch (error) {
    parts.logger.warn(
      { deploymentId: deployment.id, error },
      'a deployment that waits for its environment could not be tended; trying again',
    );
  }
}

async function putBack(parts: HoldParts, deployment: Deployment): Promise<void> {
  const { database } = parts;
  const isBack = await database.transact(async (stores) => {
    if (!(await stores.deployments.hold(deployment.id, null, null))) return false;
    await stores.audit.append(holdRecord(deployment, 'deployment.resume', 'system', null, parts.clock.now()));
    await database.notify(stores, 'deployment', deployment.id);
    return true;
  });
  if (!isBack) return;
  await wakeWorker(parts, deployment.id);
}

/** What was approved is left to its approval's own end. */
async function keepAside(parts: HoldParts, deployment: Deployment, hold: Hold, now: number): Promise<void> {
  const isOver = deployment.clearance !== 'approval' && now >= hold.since + LONGEST_MS;
  if (!isOver && isSameJson(hold, deployment.hold)) return;
  await parts.database.transact(async (stores) => {
    const failure = { code: 'environment_closed', service: null, message: `It waited a day: ${hold.because}` } as const;
    const isDone = isOver
      ? await stores.deployments.transition(deployment.id, 'queued', 'cancelled', { finishedAt: now, failure }, null)
      : await stores.deployments.hold(deployment.id, hold, null);
    if (!isDone) return;
    await stores.audit.append(holdRecord(deployment, isOver ? 'deployment.denied' : 'deployment.hold', 'system', hold, now));
    if (!isOver) await tellRequester(parts, stores, deployment, hold);
    await parts.database.notify(stores, 'deployment', deployment.id);
  });
}

/** Once for each time that it is set aside; what keeps it closed may change meanwhile. */
export async function tellRequester(
  { notices }: Pick<Parts, 'notices'>,
  stores: Stores,
  { id, app, environment, version, requester }: Deployment,
  { since, because, opensAt }: Hold,
): Promise<void> {
  await notices.tell(stores, requester.id, {
    key: `hold:${id}:${since}`,
    tone: 'warning',
    title: `Your deployment of ${app} ${environment} ${version} waits.`,
    lines: [because, 'It starts by itself when it opens. Its card has a button to cancel it.'],
    times: opensAt === null ? [] : [{ label: 'Opens', at: opensAt }],
  });
}

export function holdRecord(deployment: Deployment, action: string, source: string, hold: Hold | null, at: number): NewAuditRecord {
  const { id, app, environment, version, planHash } = deployment;
  return {
    at,
    actor: 'system',
    action,
    subject: `${app}/${environment}`,
    source,
    result: hold === null ? 'done' : 'refused',
    details: { deployment: id, version, planHash, because: hold?.because ?? null },
  };
}
