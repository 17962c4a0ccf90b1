import { type ChainHead, headText } from '../domain/audit-chain.ts';
import type { Parts } from './parts.ts';

const LOOK_EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The head is written to the log at least this often, in records. */
const MOST_UNSAID = 1000;
const PRUNED_AT_ONCE = 1000;

type Done = { readonly seq: number; readonly saidAt: number; readonly prunedAt: number };

/**
 * Writes the head of the audit trail to the log, where it stands outside of the database: whoever cuts off or rewrites the trail
 * later does not reach it. And removes what is older than the workspace keeps.
 */
export async function tendAudit(parts: Pick<Parts, 'clock' | 'database' | 'logger' | 'workspace'>, signal: AbortSignal): Promise<void> {
  let done: Done = { seq: -1, saidAt: 0, prunedAt: 0 };
  while (!signal.aborted) {
    try {
      done = await tendOnce(parts, done);
    } catch (error) {
      parts.logger.warn({ error }, 'could not tend the audit trail; trying again');
    }
    await parts.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function tendOnce({ clock, database, logger, workspace }: Parameters<typeof tendAudit>[0], done: Done): Promise<Done> {
  const { audit } = database.stores;
  const now = clock.now();
  const head = await audit.head();
  const isSaid = !isNews(head, done, now);
  if (!isSaid) logger.info({ head: headText(head) }, 'head of the audit trail');
  const said = isSaid ? done : { ...done, seq: head.seq, saidAt: now };
  const { keepMs } = workspace().audit;
  if (keepMs === null || now - done.prunedAt < HOUR_MS) return said;
  let removed = 0;
  for (let some = PRUNED_AT_ONCE; some === PRUNED_AT_ONCE; removed += some)
    some = await audit.prune(now - keepMs, 'system', PRUNED_AT_ONCE);
  if (removed > 0) logger.info({ removed }, 'old records of the audit trail were removed');
  return { ...said, prunedAt: now };
}

function isNews({ seq }: ChainHead, done: Done, now: number): boolean {
  return seq !== done.seq && (seq - done.seq >= MOST_UNSAID || now - done.saidAt >= HOUR_MS);
}
