import type { Person } from '../../domain/deployment.ts';
import type { SessionEnd, WebSession } from '../../domain/web-session.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database, Stores } from '../../ports/database.ts';

export type SessionParts = { readonly database: Database; readonly clock: Clock };

type Ending = {
  /** Who ends it: a person id, or `system`. */
  readonly by: string;
  readonly why: SessionEnd;
  readonly source: string;
};

/** Records that sessions ended and tells every process, so that what is open of them closes. In the transaction that ended them. */
export async function recordEnded(
  { database, clock }: SessionParts,
  stores: Stores,
  ended: readonly WebSession[],
  { by, why, source }: Ending,
): Promise<void> {
  for (const { id, personId } of ended) {
    await stores.audit.append({
      at: clock.now(),
      actor: by,
      action: 'session.end',
      subject: personId,
      source,
      result: 'done',
      details: { session: id, why },
    });
    await database.notify(stores, 'session', id);
  }
}

/**
 * Whoever was signed in as this person before their second factors changed signs in anew, but for the browser that they did it
 * from. In the transaction of the change.
 */
export async function endAfterFactorChange(
  parts: SessionParts,
  stores: Stores,
  change: { readonly personId: string; readonly except: string | null; readonly by: Person['id']; readonly source: string },
): Promise<void> {
  const ended = await stores.sessions.endOf(change.personId, change.except);
  await recordEnded(parts, stores, ended, { by: change.by, why: 'factor-changed', source: change.source });
}
