import { SESSION_IDLE_MS, whySessionOver } from '../../domain/web-session.ts';
import type { Logger } from '../../ports/logger.ts';
import { recordEnded, type SessionParts } from './end-sessions.ts';

const EVERY_MS = 60_000;

/** Ends sessions whose time is over, and records it. They are refused from the moment on; this only tidies up. Any number of processes may do it. */
export async function tendSessions(parts: SessionParts & { readonly logger: Logger }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await endOverSessions(parts);
    } catch (error) {
      parts.logger.warn({ error }, 'sessions that are over could not be ended; trying again');
    }
    await parts.clock.sleep(EVERY_MS, signal);
  }
}

export async function endOverSessions(parts: SessionParts): Promise<number> {
  return parts.database.transact(async (stores) => {
    const now = parts.clock.now();
    const ended = await stores.sessions.endOver(now, now - SESSION_IDLE_MS);
    for (const session of ended) {
      await recordEnded(parts, stores, [session], { by: 'system', why: whySessionOver(session, now) ?? 'over', source: 'system' });
    }
    return ended.length;
  });
}
