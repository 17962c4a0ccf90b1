import type { Person } from '../../domain/deployment.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { withGrants } from '../access/with-grants.ts';
import { memberOf } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { adminsFor, findTarget, isAdminFor } from '../second-factor/admins.ts';
import { inTheirGroups } from '../second-factor/in-their-groups.ts';
import { recordEnded } from './end-sessions.ts';

export type SessionUseCases = {
  /** Ends the browser sessions of a person, of oneself when `target` is null; not the one from which it is asked. */
  signOut(request: SignOutRequest): Promise<SignedOut | Refusal>;
};

export type SignOutRequest = { readonly person: Person; readonly target: string | null; readonly source: string };

export type SignedOut = { readonly name: string; readonly isOwn: boolean; readonly ended: number };

/** `/sign-out`: one's own sessions, or those of somebody for whom one answers as owner or admin. No factor: it takes nothing that signing in again does not give back. */
export function signOut(parts: Parts, { person, target: typed, source }: SignOutRequest): Promise<SignedOut | Refusal> {
  return parts.database.transact(async (stores) => {
    // Roles as they are in this transaction: one that was just taken away decides nothing any more.
    const workspace = withGrants(parts.workspace(), await stores.access.grants(parts.clock.now()));
    const target = typed === null ? person : await inTheirGroups(stores, findTarget(workspace, typed));
    const isOwn = target.id === person.id;
    if (!isOwn && !isAdminFor(workspace, person, target)) {
      const admins = adminsFor(workspace, target).map(({ name }) => name);
      const hint = admins.length === 0 ? 'Nobody is: add an owner in shipmate.yml.' : `Ask ${admins.join(', ')}.`;
      return refusal('not_allowed', 'Only an owner or admin may sign somebody else out.', hint);
    }
    if (!isOwn && memberOf(workspace.people, target.id) === undefined) {
      return refusal('unknown_person', `There is no “${target.id}” here.`, 'Write the person as shipmate.yml does: /sign-out olga.');
    }
    const ended = await stores.sessions.endOf(target.id, isOwn ? (person.session ?? null) : null);
    await recordEnded(parts, stores, ended, { by: person.id, why: isOwn ? 'by-owner' : 'by-admin', source });
    if (!isOwn && ended.length > 0) {
      await parts.notices.tell(stores, target.id, {
        key: `sign-out:${ended[0]?.id ?? ''}`,
        tone: 'warning',
        title: `${person.name} signed you out of the browser chat`,
        lines: ['Sign in again with a new link. Ask them why if you do not know.'],
      });
    }
    return { name: target.name, isOwn, ended: ended.length };
  });
}
