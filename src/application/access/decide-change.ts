import type { ChangedAccess } from '../../domain/access-facts.ts';
import { type Confirmation, type FactorRequest, isFactorRequest, type Proof } from '../../domain/confirmation.ts';
import { namedPerson, type Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { SecondDecision } from '../../domain/role-change.ts';
import type { RoleChange } from '../../ports/access-store.ts';
import type { Stores } from '../../ports/database.ts';
import type { AppConfig, Workspace } from '../../ports/workspace.ts';
import { memberOf, rolesOf } from '../authorize.ts';
import { cannotTellNow, groupsOfNow } from '../memberships/groups-now.ts';
import type { Parts } from '../parts.ts';
import { prove } from '../second-factor/prove.ts';
import { carryOut } from './carry-out.ts';
import { changeWords } from './change-access.ts';
import { decideSecondOwner, mayGrant, secondsFor } from './owners.ts';
import { accessRecord } from './record-change.ts';
import { nameOf, whyNotChange } from './why-not-change.ts';
import { withGrants } from './with-grants.ts';

export type ChangeDecision = {
  readonly person: Person;
  /** The id of what was asked for. */
  readonly change: string;
  readonly decision: 'agree' | 'refuse';
  /** Only to agree; null asks how to bring one. */
  readonly proof: Proof | null;
  readonly source: string;
};

type Step = ChangeDecision & {
  readonly parts: Parts;
  readonly stores: Stores;
  readonly workspace: Workspace;
  readonly app: AppConfig;
  readonly asked: RoleChange;
  readonly now: number;
};

/** The second owner agrees or refuses; who asked takes it back. The row is locked, so that of two who answer one is first. */
export function decideAccessChange(parts: Parts, decision: ChangeDecision): Promise<ChangedAccess | FactorRequest | Refusal> {
  const { person, source } = decision;
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const asked = await stores.access.lockChange(decision.change);
    if (asked === null) return unknownChange();
    await stores.access.lock(asked.app);
    const grants = await stores.access.grants(now);
    const workspace = withGrants(parts.workspace(), grants);
    const app = memberOf(workspace.apps, asked.app);
    // Whoever may not see the app learns nothing; who asked may have lost that meanwhile, and still takes it back.
    const isVisible = app !== undefined && (rolesOf(app, person).length > 0 || asked.askedBy.id === person.id);
    if (app === undefined || !isVisible) return unknownChange();
    const step: Step = { ...decision, parts, stores, workspace, app, asked, now };
    const refused =
      whyOver(asked, now) ?? (await whyNotThey(step)) ?? (decision.decision === 'agree' ? await whyNotNow(step, grants) : null);
    if (refused !== null) {
      const details = { why: refused.refused, request: asked.id };
      await stores.audit.append(accessRecord(decision.decision, asked, { at: now, actor: person.id, source }, 'refused', details));
      return refused;
    }
    return decision.decision === 'agree' ? agree(step) : refuse(step);
  });
}

function whyOver({ state, expiresAt }: RoleChange, now: number): Refusal | null {
  if (state !== 'open')
    return refusal('request_over', `Somebody was faster: this was ${state === 'done' ? 'agreed to' : 'refused'} already.`);
  return expiresAt > now ? null : refusal('request_over', 'It is too late: nobody agreed within a day.', 'Ask for it again: /access');
}

async function whyNotThey({ stores, workspace, app, asked, person, decision }: Step): Promise<Refusal | null> {
  if (decision === 'refuse' && asked.askedBy.id === person.id) return null;
  const verdict = await decideSecondOwner(stores, workspace, app, asked, person);
  return verdict === 'may' ? null : refusedSecond(verdict, workspace, app, asked);
}

/** Everything that was true when it was asked for has to be true still; who asked does not speak now, so their groups are looked up. */
async function whyNotNow({ stores, workspace, app, asked, now }: Step, grants: Parameters<typeof whyNotChange>[0]['grants']) {
  const { groups, unknown } = await groupsOfNow(stores, workspace, asked.askedBy, asked.askedAt, now);
  if (mayGrant(app, { ...asked.askedBy, groups })) return whyNotChange({ workspace, app, grants, now }, asked);
  if (mayGrant(app, { ...asked.askedBy, groups: [...groups, ...unknown] })) return cannotTellNow(asked.askedBy);
  await stores.access.decideChange(asked.id, 'refused', { id: 'system', name: 'Shipmate' }, now);
  return refusal('request_over', `${asked.askedBy.name} may not ask for this any more, so it is void.`, 'An owner asks for it again.');
}

async function agree({ parts, stores, workspace, app, asked, person, proof, now, source }: Step) {
  const confirmation = agreementTo(workspace, asked, person);
  const proven = await prove(parts, stores, { person, proof, confirmation, now, source });
  if (isRefusal(proven) || isFactorRequest(proven)) return proven;
  await stores.access.decideChange(asked.id, 'done', namedPerson(person), now);
  const how = { by: person, factor: proven.proven, now, source };
  await carryOut(parts, stores, workspace, app, { ...how, wanted: asked, askedBy: asked.askedBy, key: asked.id });
  return { outcome: 'done', wanted: asked, name: nameOf(workspace, asked.personId) } as const;
}

async function refuse({ parts, stores, workspace, app, asked, person, now, source }: Step): Promise<ChangedAccess> {
  await stores.access.decideChange(asked.id, 'refused', namedPerson(person), now);
  const isOwn = asked.askedBy.id === person.id;
  const details = { request: asked.id, change: asked.change };
  const action = isOwn ? 'withdraw' : 'refuse';
  await stores.audit.append(accessRecord(action, asked, { at: now, actor: person.id, source }, 'done', details));
  const readers = new Set([asked.askedBy.id, ...secondsFor(workspace, app, asked).people.map(({ id }) => id)]);
  readers.delete(person.id);
  for (const reader of readers) {
    await parts.notices.tell(stores, reader, {
      key: `access:${asked.id}:${reader}`,
      tone: 'neutral',
      title: `${person.name} ${isOwn ? 'does not ask any more' : 'refused'}: ${changeWords(workspace, asked)}`,
      lines: ['Nothing has changed.'],
    });
  }
  return { outcome: isOwn ? 'withdrawn' : 'refused', wanted: asked, name: nameOf(workspace, asked.personId) };
}

function agreementTo(workspace: Workspace, asked: RoleChange, person: Person): Confirmation {
  const until = asked.grantUntil === null ? [] : [`Until ${new Date(asked.grantUntil).toISOString()}`];
  return {
    purpose: 'role_change',
    subject: asked.id,
    hash: null,
    summary: [`Agree to ${changeWords(workspace, asked)}`, `${asked.askedBy.name} asked for it.`, ...until, 'It happens at once.'],
    values: { request: asked.id, groups: person.groups ?? [] },
  };
}

function refusedSecond(verdict: Exclude<SecondDecision, 'may'>, workspace: Workspace, app: AppConfig, asked: RoleChange): Refusal {
  const names = secondsFor(workspace, app, asked).people.map(({ name }) => name);
  const hint = names.length === 0 ? 'Another owner has to.' : `These may: ${names.join(', ')}.`;
  switch (verdict) {
    case 'asked_for_it':
      return refusal('own_request', 'You asked for this, or may have under another account, so another owner decides.', hint);
    case 'is_about_them':
      return refusal('own_request', 'It is about your own role, so another owner decides.', hint);
    case 'not_allowed':
      return refusal('not_an_approver', `Only an owner of ${app.name} decides that.`, hint);
    default:
      return verdict satisfies never;
  }
}

function unknownChange(): Refusal {
  return refusal('unknown_request', 'There is no such change that you may see.', '/access <app> shows what waits.');
}
