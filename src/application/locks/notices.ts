import { type DeployLock, SYSTEM_HOLDER } from '../../domain/deploy-lock.ts';
import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';

/** A lock ended without its holder: they are told who did it. What nobody took by hand has nobody to tell. */
export async function tellFormerHolder(
  { notices }: Pick<Parts, 'notices'>,
  stores: Stores,
  lock: DeployLock,
  title: string,
): Promise<void> {
  if (lock.holder.id === SYSTEM_HOLDER.id) return;
  await notices.tell(stores, lock.holder.id, {
    key: `lock:${lock.id}:lost`,
    tone: 'warning',
    title,
    lines: [lock.reason === null ? 'You had given no reason.' : `You had locked it for: ${lock.reason}`, '/locks shows who holds what.'],
  });
}
