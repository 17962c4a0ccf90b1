import type { Confirmation, FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import { lockedUntil, NO_TRIES } from '../../domain/factor.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { mayBeSameHuman } from '../../domain/same-human.ts';
import type { Stores } from '../../ports/database.ts';
import type { FactorReset } from '../../ports/factor-store.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { withGrants } from '../access/with-grants.ts';
import { partyOf } from '../approvals/approvers.ts';
import type { ConfirmedHandler } from '../confirmed-act.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { endAfterFactorChange } from '../sessions/end-sessions.ts';
import { adminsFor, findTarget, isAdminFor, type Target } from './admins.ts';
import { inTheirGroups } from './in-their-groups.ts';
import { isProven, prove } from './prove.ts';
import { whyNotTogether } from './why-not-together.ts';

export type ResetOutcome =
  /** One admin asked; `others` may agree. */
  | { readonly reset: 'asked'; readonly name: string; readonly others: readonly string[]; readonly expiresAt: number }
  | { readonly reset: 'done'; readonly name: string };

type Request = { readonly person: Person; readonly target: string; readonly proof: Proof | null; readonly source: string };

/** A second admin answers while the first one still knows why. */
const RESET_MS = 60 * 60_000;

/**
 * `/mfa reset <person>`, for somebody who lost everything. One owner or admin asks, another one says the same; both with their
 * own factor, neither for themselves. What was lost is then gone, and its owner sets up anew from their own account.
 */
export function resetFactors(parts: Parts, request: Request): Promise<ResetOutcome | FactorRequest | Refusal> {
  const { person, proof, source } = request;
  const now = parts.clock.now();
  const found = findTarget(parts.workspace(), request.target);
  return parts.database.transact(async (stores) => {
    const tries = await stores.factors.lock(found.id);
    const target = await inTheirGroups(stores, found);
    const open = await stores.factorResets.lockOpen(target.id, now);
    const all = [...(await stores.factors.list(target.id)), ...(await stores.factors.waiting(target.id))];
    const isEmpty = all.length === 0 && lockedUntil(tries, now) === null;
    // Roles as they are in this transaction: one that was just taken away decides nothing any more.
    const workspace = withGrants(parts.workspace(), await stores.access.grants(now));
    const refused =
      notAdmin(workspace, person, target) ??
      (isEmpty ? nothingToReset(target) : null) ??
      notSomebodyElse(target, await sameAs(stores, workspace, person, target, open)) ??
      (open === null ? null : await whyNotTogether({ stores, workspace, person, target, now }, open));
    if (refused !== null) {
      const details = { why: refused.refused };
      await stores.audit.append({
        at: now,
        actor: person.id,
        action: 'factor.reset',
        subject: target.id,
        source,
        result: 'refused',
        details,
      });
      return refused;
    }
    const proven = await prove(parts, stores, { person, proof, confirmation: confirmationOf(target, open), now, source });
    if (!isProven(proven)) return proven;
    const step = { parts, workspace, stores, person, target, now, source };
    return open === null ? ask(step) : carryOut(step, open);
  });
}

export const confirmFactorReset: ConfirmedHandler = async (parts, act) => {
  const outcome = await resetFactors(parts, { ...act, target: act.confirmation.subject });
  if (!('reset' in outcome)) return outcome;
  return outcome.reset === 'done'
    ? { title: `${outcome.name}’s second factors are gone`, detail: 'They were told how to set up anew.' }
    : { title: 'Asked', detail: `Another owner or admin has to say the same: /mfa reset ${act.confirmation.subject}` };
};

type Step = {
  readonly parts: Parts;
  readonly workspace: Workspace;
  readonly stores: Stores;
  readonly person: Person;
  readonly target: Target;
  readonly now: number;
  readonly source: string;
};

async function ask({ parts, workspace, stores, person, target, now, source }: Step): Promise<ResetOutcome> {
  const expiresAt = now + RESET_MS;
  const id = newId(now);
  const askedBy = { id: person.id, name: person.name, groups: person.groups ?? [] };
  await stores.factorResets.insert({ id, personId: target.id, askedBy, askedAt: now, expiresAt, doneAt: null });
  const details = { request: id, until: expiresAt };
  await stores.audit.append({ at: now, actor: person.id, action: 'factor.reset-ask', subject: target.id, source, result: 'done', details });
  const others = adminsFor(workspace, target).filter((admin) => admin.id !== person.id && admin.id !== target.id);
  for (const other of others) {
    await parts.notices.tell(stores, other.id, {
      key: `factor-reset-ask:${id}:${other.id}`,
      tone: 'warning',
      title: `${person.name} asks to take away all second factors of ${target.name}`,
      lines: [`Ask ${target.name} in person whether they lost them. If so, agree within an hour: /mfa reset ${target.id}`],
    });
  }
  await parts.notices.tell(stores, target.id, {
    key: `factor-reset-ask:${id}`,
    tone: 'warning',
    title: `${person.name} asks to take away all your second factors`,
    lines: ['It happens when another owner or admin agrees. If you did not ask for this, tell them now.'],
  });
  return { reset: 'asked', name: target.name, others: others.map(({ name }) => name), expiresAt };
}

async function carryOut({ parts, stores, person, target, now, source }: Step, open: FactorReset): Promise<ResetOutcome> {
  const count = await stores.factors.removeAll(target.id);
  await stores.factors.saveTries(target.id, NO_TRIES);
  await stores.factorLinks.endAll(target.id, now);
  await stores.factorResets.markDone(open.id, now);
  const details = { request: open.id, askedBy: open.askedBy.id, factors: count };
  await stores.audit.append({ at: now, actor: person.id, action: 'factor.reset', subject: target.id, source, result: 'done', details });
  await endAfterFactorChange(parts, stores, { personId: target.id, except: null, by: person.id, source });
  await parts.notices.tell(stores, target.id, {
    key: `factor-reset:${open.id}`,
    tone: 'danger',
    title: 'Your second factors were taken away',
    lines: [
      `${open.askedBy.name} asked for it and ${person.name} agreed.`,
      'Type /mfa add to set up a new one. If you did not ask for this, tell the other owners now.',
    ],
  });
  return { reset: 'done', name: target.name };
}

function confirmationOf(target: Target, open: FactorReset | null): Confirmation {
  const what = `take away all second factors and recovery codes of ${target.name} (${target.id}).`;
  return {
    purpose: 'factor_reset',
    subject: target.id,
    hash: open?.id ?? null,
    summary:
      open === null
        ? [`Ask to ${what}`, 'Another owner or admin has to agree.']
        : [`Agree to ${what}`, `${open.askedBy.name} asked for it.`, 'It happens at once.'],
    values: {},
  };
}

/** Two admins are two humans: an account that may belong to one of those concerned, too, agrees to nothing. */
async function sameAs(stores: Stores, workspace: Workspace, person: Person, target: Target, open: FactorReset | null): Promise<SameAs> {
  const me = await partyOf(stores, workspace, person);
  const isMe = async (other: Person): Promise<boolean> => mayBeSameHuman(me, await partyOf(stores, workspace, other));
  return { isTarget: await isMe(target), isAsker: open !== null && (await isMe(open.askedBy)) };
}

type SameAs = { readonly isTarget: boolean; readonly isAsker: boolean };

function notAdmin(workspace: Workspace, person: Person, target: Target): Refusal | null {
  if (!isAdminFor(workspace, person, target)) {
    const admins = adminsFor(workspace, target).map(({ name }) => name);
    const hint = admins.length === 0 ? 'Nobody is: add an owner in shipmate.yml.' : `Ask ${admins.join(', ')}.`;
    return refusal('not_allowed', 'Only an owner or admin may do that.', hint);
  }
  return null;
}

function notSomebodyElse(target: Target, { isTarget, isAsker }: SameAs): Refusal | null {
  if (isTarget) {
    return refusal(
      'own_request',
      'That is, or may be, your own second factor: others have to reset it.',
      'Ask two other owners or admins.',
    );
  }
  if (isAsker) {
    return refusal(
      'own_request',
      'You, or an account that may be yours, asked for this already: somebody else has to agree.',
      `Another owner or admin types /mfa reset ${target.id}.`,
    );
  }
  return null;
}

function nothingToReset({ name }: Target): Refusal {
  return refusal('unknown_person', `${name} has no second factor.`, 'Write the person as shipmate.yml does: /mfa reset olga.');
}
