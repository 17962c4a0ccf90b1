import type { Confirmation, FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { mayBeSameHuman } from '../../domain/same-human.ts';
import type { Stores } from '../../ports/database.ts';
import type { WaitingFactor } from '../../ports/factor-store.ts';
import type { Workspace } from '../../ports/workspace.ts';
import { withGrants } from '../access/with-grants.ts';
import { partyOf } from '../approvals/approvers.ts';
import { memberOf } from '../authorize.ts';
import type { ConfirmedHandler } from '../confirmed-act.ts';
import type { Parts } from '../parts.ts';
import { findTarget, mayVouchFor, type Target, vouchersFor } from './admins.ts';
import { inTheirGroups } from './in-their-groups.ts';
import { isProven, prove } from './prove.ts';

/** Whose factor counts now. */
export type VouchedFactor = { readonly vouched: string };

type Request = { readonly person: Person; readonly factor: string; readonly proof: Proof | null; readonly source: string };

type Search = { readonly person: Person; readonly target: string };

/** `/mfa vouch olga`: the factor that waits now, told to whoever may vouch for it. What olga sets up after this was looked at is another one. */
export async function findWaitingFactor(parts: Parts, { person, target: typed }: Search): Promise<{ readonly factor: string } | Refusal> {
  const { stores } = parts.database;
  const now = parts.clock.now();
  const workspace = withGrants(parts.workspace(), await stores.access.grants(now));
  const target = await inTheirGroups(stores, findTarget(workspace, typed));
  const refused = await whyNot(stores, workspace, person, target);
  if (refused !== null) return refused;
  const [newest] = await stores.factors.waiting(target.id);
  if (newest === undefined) return nothingWaits(target.name);
  return newest.until <= now ? tooLate(target.name) : { factor: newest.factor.id };
}

/**
 * Where `first_factor` is `vouched`: an owner or admin of an app of the person says, with their own factor, that this factor is
 * theirs. Pages that were open for the person end, because they were given out before anything counted.
 */
export function vouchForFactor(parts: Parts, request: Request): Promise<VouchedFactor | FactorRequest | Refusal> {
  const { person, proof, source } = request;
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const waiting = await lockWaiting(stores, request.factor);
    if (waiting === null) return nothingWaits(null);
    // Roles as they are in this transaction.
    const workspace = withGrants(parts.workspace(), await stores.access.grants(now));
    const target = await inTheirGroups(stores, targetOf(workspace, waiting));
    const refused = waiting.until <= now ? tooLate(target.name) : await whyNot(stores, workspace, person, target);
    const { id, kind } = waiting.factor;
    const record = { at: now, actor: person.id, action: 'factor.vouch', subject: target.id, source };
    if (refused !== null) {
      await stores.audit.append({ ...record, result: 'refused', details: { factor: id, why: refused.refused } });
      return refused;
    }
    const proven = await prove(parts, stores, { person, proof, confirmation: confirmationOf(target, waiting), now, source });
    if (!isProven(proven)) return proven;
    if (!(await stores.factors.vouch(id, now))) return nothingWaits(target.name);
    await stores.factorLinks.endAll(target.id, now);
    await stores.audit.append({ ...record, result: 'done', details: { factor: id, kind, proven: proven.proven } });
    await parts.notices.tell(stores, target.id, {
      key: `factor-vouch:${id}`,
      tone: 'neutral',
      title: `${person.name} vouched for your second factor: ${waiting.factor.name}`,
      lines: ['It counts from now on.'],
    });
    return { vouched: target.name };
  });
}

export const confirmFactorVouch: ConfirmedHandler = async (parts, act) => {
  const { factor } = act.confirmation.values;
  const done = await vouchForFactor(parts, { ...act, factor: typeof factor === 'string' ? factor : '' });
  return 'vouched' in done ? { title: `${done.vouched}’s second factor counts now`, detail: 'They were told.' } : done;
};

/** The person's row first, as everywhere; then it is read again, because it may have been replaced meanwhile. */
async function lockWaiting(stores: Stores, id: string): Promise<WaitingFactor | null> {
  const found = await stores.factors.findWaiting(id);
  if (found === null) return null;
  await stores.factors.lock(found.factor.personId);
  return stores.factors.findWaiting(id);
}

function targetOf(workspace: Workspace, { factor: { personId } }: WaitingFactor): Target {
  return { id: personId, name: memberOf(workspace.people, personId)?.name ?? personId };
}

async function whyNot(stores: Stores, workspace: Workspace, person: Person, target: Target): Promise<Refusal | null> {
  if (mayBeSameHuman(await partyOf(stores, workspace, person), await partyOf(stores, workspace, target))) {
    return refusal(
      'own_request',
      'That is, or may be, your own second factor: somebody else has to vouch for it.',
      whom(workspace, target),
    );
  }
  return mayVouchFor(workspace, person, target)
    ? null
    : refusal('not_allowed', `Only an owner or admin of an app of ${target.name} may vouch for them.`, whom(workspace, target));
}

function whom(workspace: Workspace, target: Target): string {
  const names = vouchersFor(workspace, target).map(({ name }) => name);
  return names.length === 0 ? 'Nobody can: add an owner in shipmate.yml.' : `Ask ${names.join(', ')}.`;
}

function confirmationOf(target: Target, { factor }: WaitingFactor): Confirmation {
  return {
    purpose: 'factor_vouch',
    subject: target.id,
    hash: null,
    summary: [
      `Vouch that ${target.name} (${target.id}) set up “${factor.name}” themselves.`,
      'It counts from then on. Ask them in person before you do.',
    ],
    values: { factor: factor.id },
  };
}

const nothingWaits = (name: string | null): Refusal =>
  refusal(
    'already_done',
    name === null ? 'That second factor does not wait any more.' : `No second factor of ${name} waits for a vouch.`,
    'It may count already, or another one took its place: /mfa vouch <person> looks again.',
  );

const tooLate = (name: string): Refusal =>
  refusal('request_over', `Nobody vouched for ${name} within a day.`, 'They set it up anew: /mfa add.');
