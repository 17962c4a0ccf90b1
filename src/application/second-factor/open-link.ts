import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FactorLink } from '../../ports/factor-store.ts';

/** Null while the link can be used. */
export function whyLinkIsOver({ usedAt, expiresAt }: Pick<FactorLink, 'usedAt' | 'expiresAt'>, now: number): Refusal | null {
  if (usedAt !== null)
    return refusal('link_over', 'This link was used already, or a newer one replaced it.', 'Ask for a new one in the chat.');
  if (expiresAt <= now) return refusal('link_over', 'This link is over: it was for a few minutes only.', 'Ask for a new one in the chat.');
  return null;
}
