import type { Notice } from '../domain/notice.ts';
import type { Stores } from './database.ts';

/** Tells one person something alone, wherever they have an account. */
export interface Notices {
  /** In the transaction of `stores`: it is told when that commits, and not otherwise. */
  tell(stores: Stores, personId: string, notice: Notice): Promise<void>;
}
