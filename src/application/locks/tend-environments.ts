import { deservesReminder, REMIND_BEFORE_MS } from '../../domain/deploy-lock.ts';
import { closureOf } from '../../domain/environment-gate.ts';
import { scopeName, scopeWords } from '../../domain/scope.ts';
import type { Watcher } from '../../ports/lock-store.ts';
import { gateFactsOf, readStanding } from '../gate-facts.ts';
import type { Parts } from '../parts.ts';
import { endExpired } from './end-expired.ts';
import { tendHeld } from './held-deployments.ts';

type TendParts = Pick<Parts, 'database' | 'notices' | 'queue' | 'clock' | 'schedules' | 'workspace' | 'logger'>;

const EVERY_MS = 2000;

/**
 * Ends locks whose time is over, reminds their holders before, tells those who wait when an environment opens, and lets go on what was set
 * aside until then. Any number of
 * processes do this beside each other: who is told is taken from the database in the transaction that tells them, so each is told once.
 */
export async function tendEnvironments(parts: TendParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await tendOnce(parts);
    await parts.clock.sleep(EVERY_MS, signal);
  }
}

/** One round, for {@link tendEnvironments}: a step that fails is told to the log, and the others are done all the same. */
export async function tendOnce(parts: TendParts): Promise<void> {
  const { database, clock, logger } = parts;
  const now = clock.now();
  const steps = {
    'locks that are over': () => database.transact((stores) => endExpired(parts, stores, now)),
    'reminders of locks': () => remindHolders(parts, now),
    openings: () => tellWatchers(parts, now),
    'what is set aside': () => tendHeld(parts),
  };
  for (const [what, step] of Object.entries(steps)) {
    try {
      await step();
    } catch (error) {
      logger.warn({ error }, `${what} could not be tended; trying again`);
    }
  }
}

function remindHolders({ database, notices }: TendParts, now: number): Promise<void> {
  return database.transact(async (stores) => {
    for (const lock of await stores.locks.takeReminders(now + REMIND_BEFORE_MS, now)) {
      if (!deservesReminder(lock)) continue;
      await notices.tell(stores, lock.holder.id, {
        key: `lock:${lock.id}:reminder:${lock.expiresAt ?? 0}`,
        tone: 'neutral',
        title: `Your lock on ${scopeName(lock.scope)} ends soon.`,
        lines: [`To keep it longer, type: /lock ${scopeWords(lock.scope)} 2h`, `To end it now: /unlock ${scopeWords(lock.scope)}`],
        times: lock.expiresAt === null ? [] : [{ label: 'Ends', at: lock.expiresAt }],
      });
    }
  });
}

async function tellWatchers({ database, notices, workspace, schedules, logger }: TendParts, now: number): Promise<void> {
  const waiting = await database.stores.locks.watchers();
  if (waiting.length === 0) return;
  const standing = await readStanding(database.stores, now);
  const isClosed = ({ app, environment, personId }: Watcher): boolean => {
    const facts = gateFactsOf(workspace(), standing, environment);
    return facts !== null && closureOf(facts, { app, environment }, personId, now, schedules) !== null;
  };
  for (const watcher of waiting.filter((one) => !isClosed(one))) {
    const { app, environment, personId, since } = watcher;
    try {
      await database.transact(async (stores) => {
        // Another process may have told them since.
        if (!(await stores.locks.endWatch(watcher))) return;
        await notices.tell(stores, personId, {
          key: `opening:${app}.${environment}:${personId}:${since}`,
          tone: 'neutral',
          title: `${app} ${environment} is open again.`,
          lines: [`You asked to be told. Type: /deploy ${app} ${environment}`],
        });
      });
    } catch (error) {
      logger.warn({ app, environment, personId, error }, 'somebody could not be told that an environment is open; trying again');
    }
  }
}
