import type { AuditRecord } from '../domain/audit.ts';
import type { Person } from '../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import type { AuditFilter } from '../ports/audit-log.ts';
import type { Workspace } from '../ports/workspace.ts';
import { authorize, rolesOf } from './authorize.ts';
import type { Parts } from './parts.ts';

export type AuditQuestion = {
  readonly person: Person;
  /** Null asks about everything that the person owns. */
  readonly app: string | null;
  readonly environment: string | null;
  /** A person by id or name; `me` is who asks. */
  readonly by: string | null;
  /** How far back, milliseconds. */
  readonly lastMs: number | null;
  readonly result: AuditRecord['result'] | null;
  readonly limit: number;
};

/** Newest first, each with the name of who did it where `shipmate.yml` has one. */
export type AuditAnswer = readonly (AuditRecord & { readonly actorName: string })[];

/** `/audit`: of one app for those who may read its audit; of several for their owner. Whoever owns every app also sees what belongs to none. */
export async function readAudit(
  parts: Pick<Parts, 'clock' | 'database' | 'workspace'>,
  { person, app, environment, by, lastMs, result, limit }: AuditQuestion,
): Promise<AuditAnswer | Refusal> {
  const workspace = parts.workspace();
  const scope = app === null ? ownedBy(workspace, person) : oneApp(workspace, person, app, environment);
  if (isRefusal(scope)) return scope;
  const actor = by === null ? null : actorOf(workspace, person, by);
  const records = await parts.database.stores.audit.list({
    ...scope,
    ...(actor === null ? {} : { actor }),
    ...(lastMs === null ? {} : { sinceMs: parts.clock.now() - lastMs }),
    ...(result === null ? {} : { result }),
    limit,
  });
  return records.map((record) => ({ ...record, actorName: nameOf(workspace, record.actor) }));
}

type Scope = Pick<AuditFilter, 'apps' | 'environment'>;

function oneApp(workspace: Workspace, person: Person, app: string, environment: string | null): Scope | Refusal {
  const access = authorize(workspace, { person, app, environment, permission: 'audit', changes: false });
  if (isRefusal(access)) return access;
  return environment === null ? { apps: [app] } : { apps: [app], environment };
}

function ownedBy(workspace: Workspace, person: Person): Scope | Refusal {
  const all = Object.values(workspace.apps);
  const owned = all.filter((app) => rolesOf(app, person).includes('owner')).map(({ name }) => name);
  if (owned.length === 0) return refusal('not_allowed', 'You own no app, so name the one you want to read about.', 'Type: /audit <app>');
  return owned.length === all.length ? {} : { apps: owned };
}

/** What is nobody listed may still be in the trail: an account of a chat platform, `system`, or somebody who left. */
function actorOf(workspace: Workspace, person: Person, by: string): string {
  const wanted = by.replace(/^@/, '');
  if (wanted.toLowerCase() === 'me') return person.id;
  const named = Object.values(workspace.people).find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase());
  return named?.id ?? wanted;
}

function nameOf(workspace: Workspace, id: string): string {
  return Object.hasOwn(workspace.people, id) ? (workspace.people[id]?.name ?? id) : id;
}
