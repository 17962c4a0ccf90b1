import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { Visitor } from '../../ports/factor-pages.ts';
import type { FactorLink } from '../../ports/factor-store.ts';
import { hashToken } from './tokens.ts';

/** Null while the link can be used. */
export function whyLinkIsOver({ usedAt, expiresAt }: Pick<FactorLink, 'usedAt' | 'expiresAt'>, now: number): Refusal | null {
  if (usedAt !== null) return refusal('link_over', 'This link was used already, or a newer one replaced it.', ASK_AGAIN);
  if (expiresAt <= now) return refusal('link_over', 'This link is over: it was for a few minutes only.', ASK_AGAIN);
  return null;
}

/** The link behind a token, when it is still open and this visitor's. */
export async function findOpenLink(
  { factorLinks }: Pick<Stores, 'factorLinks'>,
  token: string,
  visitor: Visitor,
  now: number,
): Promise<FactorLink | Refusal> {
  const link = await factorLinks.find(hashToken(token));
  if (link === null) return refusal('link_over', 'There is no such link, or it ended long ago.', ASK_AGAIN);
  return whyLinkIsOver(link, now) ?? whyNotTheirs(link, visitor) ?? link;
}

/**
 * In the browser chat we know who somebody is. A link that another platform brought is its reader's, who got it alone: the browser
 * that began with it keeps it. Somebody else who is signed in here is told so in any case.
 */
function whyNotTheirs({ personId, personName, platform, boundTo, about }: FactorLink, visitor: Visitor): Refusal | null {
  const foreign = refusal('link_over', 'This link is for somebody else.', 'Ask for one of your own in the chat: /mfa add.');
  if (visitor.personId !== null && visitor.personId !== personId) return foreign;
  // A passkey says by itself who confirms.
  if (about.kind === 'confirmation') return null;
  if (platform === 'web' && visitor.personId === null) {
    return refusal(
      'not_allowed',
      `This link is for ${personName}.`,
      'Sign in to the chat in this browser first, then open the link again.',
    );
  }
  if (boundTo !== null && (visitor.browser === null || hashToken(visitor.browser) !== boundTo)) {
    return refusal(
      'link_over',
      'This link was opened in another browser already.',
      'Go on there. If that was not you, somebody else has your link: type no number, ask for a new link in the chat (that ends this one) and tell an admin.',
    );
  }
  return null;
}

const ASK_AGAIN = 'Ask for a new one in the chat.';
