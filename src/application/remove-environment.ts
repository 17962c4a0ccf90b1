import type { NewAuditRecord } from '../domain/audit.ts';
import type { Person } from '../domain/deployment.ts';
import { stackName } from '../domain/names.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import { authorize } from './authorize.ts';
import { foreignServices, foreignStack } from './foreign-stack.ts';
import { newId } from './identity.ts';
import { HeldLease } from './keep-lease.ts';
import type { Parts } from './parts.ts';

type Removal = {
  readonly person: Person;
  readonly app: string;
  readonly environment: string;
  readonly volumes: boolean;
  readonly source: string;
};

/**
 * Takes an environment's whole stack off the engine: services, networks, secrets, configs, and volumes only when asked.
 * Nothing may be deploying there; history and audit stay.
 */
export async function removeEnvironment(parts: Parts, request: Removal): Promise<{ stack: string } | Refusal> {
  const removed = await remove(parts, request);
  if (isRefusal(removed)) await parts.database.stores.audit.append(refusedRecord(parts, request, removed));
  return removed;
}

async function remove(parts: Parts, request: Removal): Promise<{ stack: string } | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'operate', changes: true });
  if (isRefusal(access)) return access;
  if (access.environment?.protected !== false) {
    return refusal(
      'protected_environment',
      `${request.environment} is protected, so nothing of it is removed.`,
      'To remove it all the same, set `protected: false` for it in shipmate.yml first.',
    );
  }
  const stack = stackName(request.app, request.environment);
  const [open] = await parts.database.stores.deployments.queueOf(stack);
  if (open !== undefined) {
    const where = `${request.app} ${request.environment}`;
    return refusal('already_done', `A deployment of ${where} is under way or waiting.`, `Wait for it, or type /cancel ${where} first.`);
  }
  const foreign = foreignServices(await parts.orchestrator.observe(stack, { objects: false }));
  if (foreign.length > 0) return foreignStack(stack, foreign);
  const id = newId(parts.clock.now());
  const fence = await parts.database.stores.leases.acquire(stack, id, parts.holder, parts.leaseTtlMs);
  if (fence === null) {
    return refusal(
      'already_done',
      `Something is being deployed to ${request.app} ${request.environment}.`,
      `Type /cancel ${request.app} ${request.environment} first.`,
    );
  }
  const lease = new HeldLease(parts, fence);
  try {
    // Recorded before it happens: what is taken down half-way by a crash must not be a riddle.
    await parts.database.stores.audit.append(record(parts, request, stack, 'environment.remove.begin'));
    await lease.check();
    await parts.orchestrator.removeStack(stack, { volumes: request.volumes });
    await parts.database.transact(async (stores) => {
      await stores.releases.closeRevision(stack, parts.clock.now());
      await stores.audit.append(record(parts, request, stack, 'environment.remove'));
    });
  } finally {
    await lease.release();
  }
  return { stack };
}

function refusedRecord(parts: Parts, request: Removal, { refused }: Refusal): NewAuditRecord {
  const stack = stackName(request.app, request.environment);
  const attempt = record(parts, request, stack, 'environment.remove');
  return { ...attempt, result: 'refused', details: { ...attempt.details, code: refused } };
}

function record(parts: Parts, request: Removal, stack: string, action: string): NewAuditRecord {
  return {
    at: parts.clock.now(),
    actor: request.person.id,
    action,
    subject: `${request.app}/${request.environment}`,
    source: request.source,
    result: 'done',
    details: { stack, volumes: request.volumes },
  };
}
