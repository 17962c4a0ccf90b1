import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';
import { withGrants } from './with-grants.ts';

/**
 * The same parts with the roles that were given in chat as this very transaction reads them: where something is decided for good,
 * nobody relies on a notification that may still be under way.
 */
export async function asGrantedNow(parts: Parts, stores: Pick<Stores, 'access'>): Promise<Parts> {
  const grants = await stores.access.grants(parts.clock.now());
  return { ...parts, workspace: () => withGrants(parts.workspace(), grants) };
}
