import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { Visitor } from '../../ports/factor-pages.ts';
import type { FactorLink } from '../../ports/factor-store.ts';
import type { Parts } from '../parts.ts';
import { findOpenLink } from './open-link.ts';
import { needsNumber } from './page-number.ts';
import { hashToken } from './tokens.ts';

export const PAGE = 'web:mfa';

/** Somebody went on from a page that they only looked at so far: from here on it is this browser's, and shows its number. */
export function claimPage(parts: Parts, token: string, visitor: Visitor): Promise<null | Refusal> {
  return parts.database.transact(async (stores) => {
    const link = await bindToBrowser(parts, stores, token, visitor, ['enrolment', 'recovery_codes']);
    if (isRefusal(link)) return link;
    const { personId } = link;
    const details = { about: link.about.kind };
    const at = parts.clock.now();
    await stores.audit.append({
      at,
      actor: personId,
      action: 'factor.page-open',
      subject: personId,
      source: PAGE,
      result: 'done',
      details,
    });
    return null;
  });
}

/** The page goes on: in the one browser that it belongs to, and only once its person is known to sit there. */
export async function bindLink(
  parts: Parts,
  stores: Stores,
  token: string,
  visitor: Visitor,
  kind: 'enrolment' | 'recovery_codes',
): Promise<FactorLink | Refusal> {
  const link = await bindToBrowser(parts, stores, token, visitor, [kind]);
  if (isRefusal(link)) return link;
  if (needsNumber(link, visitor)) {
    return refusal('not_allowed', 'This page still waits for you in the chat.', 'Open the link again, and type its number in the chat.');
  }
  return link;
}

/** The person's row first, then the link's, as everywhere: of two browsers at once the first one keeps it. */
async function bindToBrowser(
  parts: Parts,
  stores: Stores,
  token: string,
  visitor: Visitor,
  kinds: readonly FactorLink['about']['kind'][],
): Promise<FactorLink | Refusal> {
  const now = parts.clock.now();
  const found = await findOpenLink(stores, token, visitor, now);
  if (isRefusal(found)) return found;
  await stores.factors.lock(found.personId);
  await stores.factorLinks.lock(found.id);
  // Read again: whoever had the lock may have used or bound it.
  const link = await findOpenLink(stores, token, visitor, now);
  if (isRefusal(link)) return link;
  const isBound =
    kinds.includes(link.about.kind) && visitor.browser !== null && (await stores.factorLinks.bind(link.id, hashToken(visitor.browser)));
  return isBound ? link : refusal('link_over', 'This link is not for this.', 'Ask for a new one in the chat.');
}
