import type { ChangedAccess, Seconds, WantedChange } from '../../domain/access-facts.ts';
import { type Confirmation, type FactorRequest, isFactorRequest, type Proof } from '../../domain/confirmation.ts';
import { namedPerson, type Person } from '../../domain/deployment.ts';
import type { Role } from '../../domain/permissions.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import { needsSecondOwner } from '../../domain/role-change.ts';
import type { RoleChange } from '../../ports/access-store.ts';
import type { Stores } from '../../ports/database.ts';
import type { AppConfig, Workspace } from '../../ports/workspace.ts';
import { authorize } from '../authorize.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { prove } from '../second-factor/prove.ts';
import { carryOut } from './carry-out.ts';
import { mayBeAbout, secondsFor } from './owners.ts';
import { accessRecord } from './record-change.ts';
import { nameOf, whyNotChange } from './why-not-change.ts';
import { withGrants } from './with-grants.ts';

export type ChangeRequest = {
  readonly person: Person;
  readonly app: string;
  /** An id of `shipmate.yml`. */
  readonly target: string;
  readonly role: Role;
  readonly change: RoleChange['change'];
  /** Of a grant: how long it holds; null until it is taken away. */
  readonly forMs: number | null;
  /** Null asks how to bring one. */
  readonly proof: Proof | null;
  readonly source: string;
};

/** The other owner sees it on their next working day at the latest, and nobody agrees to what is forgotten. */
const ASKED_MS = 24 * 3_600_000;

/**
 * `/access … grant|revoke`: by whoever may, with their second factor. The role of an owner, and any role of one's own, waits for
 * another owner. Changes of one app follow one another, and each looks at what holds in its own transaction.
 */
export function changeAccess(parts: Parts, request: ChangeRequest): Promise<ChangedAccess | FactorRequest | Refusal> {
  const { person, source, role, change } = request;
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    await stores.access.lock(request.app);
    const grants = await stores.access.grants(now);
    const workspace = withGrants(parts.workspace(), grants);
    const until = change === 'grant' && request.forMs !== null ? now + request.forMs : null;
    const wanted: WantedChange = { app: request.app, personId: request.target, role, change, grantUntil: until };
    const checked = await check(stores, { workspace, grants, now }, wanted, person);
    if (isRefusal(checked)) {
      const record = accessRecord(change, wanted, { at: now, actor: person.id, source }, 'refused', { why: checked.refused });
      await stores.audit.append(record);
      return checked;
    }
    const confirmation = confirmationOf(workspace, request, wanted, checked.seconds !== null);
    const proven = await prove(parts, stores, { person, proof: request.proof, confirmation, now, source });
    if (isRefusal(proven) || isFactorRequest(proven)) return proven;
    const step = { parts, stores, workspace, app: checked.app, wanted, person, factor: proven.proven, now, source };
    return checked.seconds === null ? doNow(step) : ask(step, checked.seconds);
  });
}

type Checked = { readonly app: AppConfig /** Null: nobody else has to agree. */; readonly seconds: Seconds | null };
type Facts = Omit<Parameters<typeof whyNotChange>[0], 'app'>;

async function check(stores: Stores, facts: Facts, wanted: WantedChange, person: Person): Promise<Checked | Refusal> {
  const { workspace, now } = facts;
  const access = authorize(workspace, { person, app: wanted.app, environment: null, permission: 'grant', changes: false });
  if (isRefusal(access)) return access;
  const { app } = access;
  const not = whyNotChange({ ...facts, app }, wanted);
  if (not !== null) return not;
  const isOwn = await mayBeAbout(stores, workspace, person, wanted.personId);
  if (!needsSecondOwner({ role: wanted.role, isOwn })) return { app, seconds: null };
  const same = (await stores.access.openChanges(app.name, now)).find(
    ({ personId, role }) => personId === wanted.personId && role === wanted.role,
  );
  if (same !== undefined) return askedAlready(workspace, same);
  const seconds = secondsFor(workspace, app, { askedBy: person, personId: wanted.personId });
  return seconds.people.length === 0 && !seconds.hasUnknown ? nobodyElse(app.name) : { app, seconds };
}

type Step = {
  readonly parts: Parts;
  readonly stores: Stores;
  readonly workspace: Workspace;
  readonly app: AppConfig;
  readonly wanted: WantedChange;
  readonly person: Person;
  readonly factor: string;
  readonly now: number;
  readonly source: string;
};

async function doNow({ parts, stores, workspace, app, wanted, person, factor, now, source }: Step): Promise<ChangedAccess> {
  await carryOut(parts, stores, workspace, app, { wanted, askedBy: person, by: person, factor, key: newId(now), now, source });
  return { outcome: 'done', wanted, name: nameOf(workspace, wanted.personId) };
}

async function ask(step: Step, seconds: Seconds): Promise<ChangedAccess> {
  const { parts, stores, workspace, wanted, person, factor, now, source } = step;
  const id = newId(now);
  const expiresAt = now + ASKED_MS;
  const askedBy = { ...namedPerson(person), groups: person.groups ?? [] };
  await stores.access.askChange({ ...wanted, id, askedBy, askedAt: now, expiresAt, state: 'open' });
  const details = { request: id, change: wanted.change, until: wanted.grantUntil, expiresAt, factor };
  await stores.audit.append(accessRecord('ask', wanted, { at: now, actor: person.id, source }, 'done', details));
  for (const second of seconds.people) {
    await parts.notices.tell(stores, second.id, {
      key: `access:${id}:${second.id}`,
      tone: 'warning',
      title: `${person.name} asks you to agree: ${changeWords(workspace, wanted)}`,
      lines: ['It happens when you agree, with your second factor.'],
      times: [...untilTimes(wanted), { label: 'The request expires', at: expiresAt }],
      offers: [
        { verb: 'access-agree', id, label: 'Agree…' },
        { verb: 'access-refuse', id, label: 'Refuse' },
      ],
    });
  }
  return { outcome: 'asked', wanted, name: nameOf(workspace, wanted.personId), id, seconds, expiresAt };
}

/** `make Dana owner of shop`, `take the role developer in shop from Dana`. */
export function changeWords(workspace: Pick<Workspace, 'people'>, { app, personId, role, change }: WantedChange): string {
  const name = nameOf(workspace, personId);
  return change === 'grant' ? `make ${name} ${role} of ${app}` : `take the role ${role} in ${app} from ${name}`;
}

export function untilTimes({ change, grantUntil }: WantedChange): readonly { label: string; at: number }[] {
  return change === 'grant' && grantUntil !== null ? [{ label: 'The role would end', at: grantUntil }] : [];
}

/** A length of time and not a moment, so that what is confirmed a minute later is the same. */
function confirmationOf(
  workspace: Workspace,
  { person, app, target, role, change, forMs }: ChangeRequest,
  wanted: WantedChange,
  isShared: boolean,
): Confirmation {
  const length = change === 'grant' && forMs !== null ? [`For ${Math.round(forMs / 60_000)} minutes`] : [];
  const words = changeWords(workspace, wanted);
  return {
    purpose: 'role_change',
    subject: app,
    hash: null,
    summary: [isShared ? `Ask another owner to ${words}` : `${words.charAt(0).toUpperCase()}${words.slice(1)}`, ...length],
    values: { app, target, role, change, forMs: change === 'grant' ? forMs : null, groups: person.groups ?? [] },
  };
}

function askedAlready(workspace: Workspace, change: RoleChange): Refusal {
  return {
    ...refusal(
      'already_done',
      `${change.askedBy.name} asked already to ${changeWords(workspace, change)}.`,
      'Another owner agrees or refuses.',
    ),
    offers: [
      { verb: 'access-agree', id: change.id, label: 'Agree…' },
      { verb: 'access-refuse', id: change.id, label: 'Refuse or take back' },
    ],
  };
}

function nobodyElse(app: string): Refusal {
  return refusal(
    'no_approvers',
    `Another owner of ${app} has to agree to that, and there is none.`,
    'Add a second owner in shipmate.yml, or change the role there.',
  );
}
