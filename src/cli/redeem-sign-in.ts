import { memberOf } from '../application/authorize.ts';
import type { Parts } from '../application/parts.ts';
import type { Person } from '../domain/deployment.ts';
import type { LocalAccess } from './local-access.ts';

/** A code works once: its nonce goes through the same inbox as every other delivery. A refused one is recorded, too; null then. */
export async function redeemSignIn(
  { database, clock, workspace }: Pick<Parts, 'database' | 'clock' | 'workspace'>,
  access: LocalAccess,
  code: string,
): Promise<Person | null> {
  const now = clock.now();
  const read = access.readSignInCode(code, now);
  const person = read === null ? undefined : memberOf(workspace().people, read.person);
  return database.transact(async (stores) => {
    const isFirst = read !== null && person !== undefined && (await stores.inbox.accept('sign-in', read.nonce, now));
    const why = person === undefined ? 'invalid_code' : isFirst ? null : 'code_used';
    // The code itself is in no record: a wrong one may be a right one with a slip.
    await stores.audit.append({
      at: now,
      actor: person?.id ?? 'system',
      action: 'session.sign-in',
      subject: person?.id ?? 'session',
      source: 'web',
      result: why === null ? 'done' : 'refused',
      details: why === null ? {} : { code: why },
    });
    return why !== null || person === undefined ? null : { id: person.id, name: person.name };
  });
}
