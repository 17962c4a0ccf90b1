import { type DeployLock, SYSTEM_HOLDER } from '../domain/deploy-lock.ts';
import type { Person } from '../domain/deployment.ts';
import { type Closure, closureOf } from '../domain/environment-gate.ts';
import { isRefusal, type Offer, type Refusal, refusal } from '../domain/refusal.ts';
import { capitalized, scopeName, type Target } from '../domain/scope.ts';
import type { Stores } from '../ports/database.ts';
import { gateFactsOf, readStanding } from './gate-facts.ts';
import type { Parts } from './parts.ts';

export type GateRequest = Target & {
  readonly kind: 'deploy' | 'rollback' | 'promotion';
  /** Who asked for it; also at its execution. The caller has authorized them. */
  readonly person: Person;
  readonly now: number;
  /** From where, as audit records name it. */
  readonly source: string;
  /** The glass was broken: nothing stands in the way, and the record says so. */
  readonly override?: boolean;
};

/**
 * May something be deployed there now? Asked when a deployment is requested and again when it runs; null means yes. A lock's
 * holder passes their own. A rollback passes everything, for an incident does not wait; so does an override. A refusal and a
 * passing of what is closed are recorded in the transaction of `stores`.
 */
export async function askGate(parts: GateParts, stores: GateStores, request: GateRequest): Promise<Refusal | null> {
  const closure = await whatCloses(parts, stores, request);
  return closure === null || isRefusal(closure) ? closure : closedRefusal(request, closure);
}

type GateParts = Pick<Parts, 'workspace' | 'schedules'>;
type GateStores = Pick<Stores, 'locks' | 'audit'>;

/** The same, answered with what keeps it closed; a refusal only where the environment is not known any more. */
export async function whatCloses(
  { workspace, schedules }: GateParts,
  stores: GateStores,
  request: GateRequest,
): Promise<Closure | Refusal | null> {
  const { app, environment, kind, person, now, source, override = false } = request;
  const facts = gateFactsOf(workspace(), await readStanding(stores, now), environment);
  if (facts === null) return refusal('unknown_environment', `${app} has no environment “${environment}” any more.`, null);
  const closure = closureOf(facts, request, person.id, now, schedules);
  if (closure === null) return null;
  const passes = override ? 'break_glass' : kind === 'rollback' ? 'rollback' : null;
  await stores.audit.append({
    at: now,
    actor: person.id,
    action: passes === null ? 'gate.refused' : 'gate.passed',
    subject: `${app}/${environment}`,
    source,
    result: passes === null ? 'refused' : 'done',
    details: { ...recordOf(closure), kind, ...(passes === null ? {} : { because: passes }) },
  });
  return passes === null ? closure : null;
}

function recordOf(closure: Closure): Readonly<Record<string, string>> {
  switch (closure.kind) {
    case 'locked':
      return { code: 'locked', lock: closure.lock.id, holder: closure.lock.holder.id };
    case 'frozen':
      return { code: 'frozen', freeze: closure.freeze.id ?? 'shipmate.yml' };
    case 'outside_window':
      return { code: 'outside_window' };
  }
}

/** Who keeps it closed, why, until when, and what to do. */
export function closedRefusal(target: Target, closure: Closure): Refusal {
  const name = `${target.app} ${target.environment}`;
  const offers = [tellWhenOpen(target)];
  const opens = closure.opensAt === null ? [] : [{ label: 'Opens', at: closure.opensAt }];
  switch (closure.kind) {
    case 'locked': {
      const { lock } = closure;
      const message = `${capitalized(scopeName(lock.scope))} is locked by ${lock.holder.name}${because(lock.reason)}.`;
      return { ...refusal('locked', message, wayPast(lock, name)), times: [{ label: 'Since', at: lock.since }, ...opens], offers };
    }
    case 'frozen': {
      const { freeze } = closure;
      const who = freeze.createdBy === null ? 'by shipmate.yml' : `by ${freeze.createdBy.name}`;
      const hint = 'Nothing is deployed there until then. /freezes lists what is frozen, and who may end it.';
      return { ...refusal('frozen', `${name} is frozen ${who}${because(freeze.reason)}.`, hint), times: opens, offers };
    }
    case 'outside_window': {
      const message = `${name} takes deployments at certain times only, and this is none of them.`;
      return { ...refusal('outside_window', message, 'Ask again when it opens. /freezes lists the times.'), times: opens, offers };
    }
  }
}

function tellWhenOpen({ app, environment }: Target): Offer {
  return { verb: 'watch-opening', id: `${app}.${environment}`, label: 'Tell me when it opens' };
}

function wayPast({ holder, scope }: DeployLock, name: string): string {
  if (scope.app === null || scope.environment === null) return `Ask ${holder.name}. /locks lists every lock.`;
  return holder.id === SYSTEM_HOLDER.id
    ? `When it is safe again, type: /unlock ${name}`
    : `Ask ${holder.name}, or take it over: /lock ${name} --steal`;
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason.replace(/[.\s]+$/, '')}`;
}
