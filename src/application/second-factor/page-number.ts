import { createHash, timingSafeEqual } from 'node:crypto';
import type { Visitor } from '../../ports/factor-pages.ts';
import type { FactorLink } from '../../ports/factor-store.ts';

/** A device asks, its person confirms where they are known: the user code of RFC 8628 (https://www.rfc-editor.org/rfc/rfc8628#section-3.3). */
export const MOST_WRONG_NUMBERS = 3;
const NUMBERS = 1_000_000n;

/** Whoever is signed in here as the person has shown who they are; anybody else shows it by typing the page's number in the chat. */
export function needsNumber({ personId, confirmedAt }: Pick<FactorLink, 'personId' | 'confirmedAt'>, visitor: Visitor): boolean {
  return confirmedAt === null && visitor.personId !== personId;
}

/** Six digits that stand for this link in this browser: the link's own random bits and the browser's make them. Null before one began. */
export function numberOf({ nonce, boundTo }: Pick<FactorLink, 'nonce' | 'boundTo'>): string | null {
  if (boundTo === null) return null;
  const bits = createHash('sha256').update(`page number\n${nonce}\n${boundTo}`).digest().readBigUInt64BE();
  return String(bits % NUMBERS).padStart(6, '0');
}

/** However it was typed: `123 456`, `123-456`, `123456`. The time it takes says nothing about the digits. */
export function isNumberOf(link: Pick<FactorLink, 'nonce' | 'boundTo'>, typed: string): boolean {
  const expected = numberOf(link);
  if (expected === null) return false;
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(typed.replace(/[\s-]/g, '')), hash(expected));
}
