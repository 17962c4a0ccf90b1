import { humanBehind } from '../domain/machine.ts';
import type { Memberships } from '../ports/memberships.ts';
import { accountsOf } from './find-person.ts';
import type { Parts } from './parts.ts';

type TendParts = Pick<Parts, 'database' | 'workspace' | 'clock' | 'logger'>;

const EVERY_MS = 60_000;
const AT_ONCE = 500;

/**
 * Asks the platforms again, for everybody who asked for or agreed to something as a member of a group and while that has not started: whoever
 * was taken out of the group counts for nothing when it would. It goes on until `signal`; who is not told of is asked about the next time.
 */
export async function tendMemberships(parts: TendParts, platforms: readonly Memberships[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await readMemberships(parts, platforms);
    } catch (error) {
      parts.logger.warn({ error }, 'who is in the groups of the platforms could not be kept; trying again');
    }
    await parts.clock.sleep(EVERY_MS, signal);
  }
}

/** One round, for {@link tendMemberships}. */
export async function readMemberships({ database, workspace, clock }: TendParts, platforms: readonly Memberships[]): Promise<void> {
  const { stores } = database;
  const { people } = workspace();
  for (const personId of await stores.memberships.spoken(AT_ONCE)) {
    for (const { platform, account } of await accountsOf({ stores, people }, humanBehind(personId))) {
      const asked = clock.now();
      const groups = (await platforms.find((one) => one.platform === platform)?.groupsOf(account)) ?? null;
      if (groups !== null) await stores.memberships.save({ platform, account, groups, readAt: asked });
    }
  }
}
