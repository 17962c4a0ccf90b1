import { SYSTEM_HOLDER } from '../../domain/deploy-lock.ts';
import { scopeName, scopeWords } from '../../domain/scope.ts';
import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';
import { recordOf } from './record.ts';

/** Locks whose time is over end, each with its record and a word to its holder: once, whoever notices it first. */
export async function endExpired({ notices }: Pick<Parts, 'notices'>, stores: Stores, now: number): Promise<void> {
  for (const lock of await stores.locks.expire(now)) {
    const by = { scope: lock.scope, actor: 'system', source: 'system', at: now };
    await stores.audit.append(recordOf('lock.expire', by, 'done', { lock: lock.id, holder: lock.holder.id }));
    if (lock.holder.id === SYSTEM_HOLDER.id) continue;
    await notices.tell(stores, lock.holder.id, {
      key: `lock:${lock.id}:expired`,
      tone: 'neutral',
      title: `Your lock on ${scopeName(lock.scope)} is over.`,
      lines: [`Others can deploy there again. To lock it anew, type: /lock ${scopeWords(lock.scope)}`],
    });
  }
}
