import type { WantedChange } from '../../domain/access-facts.ts';
import { namedPerson, type Person } from '../../domain/deployment.ts';
import type { Notice } from '../../domain/notice.ts';
import { rolesThatMay } from '../../domain/permissions.ts';
import type { Stores } from '../../ports/database.ts';
import type { AppConfig, Workspace } from '../../ports/workspace.ts';
import type { Parts } from '../parts.ts';
import { ownersOf } from './owners.ts';
import { accessRecord } from './record-change.ts';
import { nameOf } from './why-not-change.ts';

export type Carried = {
  readonly wanted: WantedChange;
  /** Who wanted it, and by whose click it is done now: often the same person. */
  readonly askedBy: Person;
  readonly by: Person;
  readonly factor: string;
  /** Tells what is said of this change from what is said of others; the same as what was asked by replaces that. */
  readonly key: string;
  readonly now: number;
  readonly source: string;
};

/** The change, its record, and who is told of it: in the caller's transaction. Every process has it in force right after the commit. */
export async function carryOut(parts: Parts, stores: Stores, workspace: Workspace, app: AppConfig, change: Carried): Promise<void> {
  const { wanted, askedBy, by, factor, now, source, key } = change;
  const { personId, role, grantUntil } = wanted;
  if (wanted.change === 'revoke') await stores.access.revoke(app.name, personId, role);
  else
    await stores.access.grant({
      app: app.name,
      personId,
      role,
      grantedBy: namedPerson(askedBy),
      grantedAt: now,
      expiresAt: grantUntil,
    });
  const second = by.id === askedBy.id ? {} : { askedBy: askedBy.id, request: key };
  const record = { at: now, actor: by.id, source };
  await stores.audit.append(accessRecord(wanted.change, wanted, record, 'done', { until: grantUntil, factor, ...second }));
  await parts.database.notify(stores, 'access', app.name);

  const readers = new Set([personId, askedBy.id, ...ownersOf(workspace, app).map(({ id }) => id)]);
  readers.delete(by.id);
  for (const reader of readers) await parts.notices.tell(stores, reader, doneNotice(workspace, change, reader));
}

function doneNotice(workspace: Workspace, { wanted, askedBy, by, key }: Carried, reader: string): Notice {
  const { app, personId, role, change, grantUntil } = wanted;
  const isReader = reader === personId;
  const who = isReader ? 'You' : nameOf(workspace, personId);
  const verb = change === 'grant' ? (isReader ? 'are' : 'is') : isReader ? 'are not' : 'is not';
  const agreed = by.id === askedBy.id ? [] : [`${by.name} agreed.`];
  return {
    key: `access:${key}:${reader}`,
    tone: rolesThatMay('grant').includes(role) ? 'warning' : 'neutral',
    title: `${who} ${verb} ${role} of ${app} ${change === 'grant' ? 'now' : 'any more'}`,
    lines: [
      [`${askedBy.name} ${change === 'grant' ? 'gave' : 'took away'} the role.`, ...agreed].join(' '),
      `/access ${app} shows who has which role.`,
    ],
    times: change === 'grant' && grantUntil !== null ? [{ label: 'It ends', at: grantUntil }] : [],
  };
}
