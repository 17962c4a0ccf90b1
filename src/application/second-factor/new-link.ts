import { randomUUID } from 'node:crypto';
import type { Person } from '../../domain/deployment.ts';
import type { Stores } from '../../ports/database.ts';
import type { FactorLink } from '../../ports/factor-store.ts';
import type { Parts } from '../parts.ts';
import { hashToken, newToken } from './tokens.ts';

/** An address for one person is short-lived: whoever reads it later finds nothing. */
export const ENROLMENT_MS = 10 * 60_000;
export const CONFIRMATION_MS = 5 * 60_000;

type NewLink = {
  readonly person: Person;
  readonly platform: string;
  readonly about: FactorLink['about'];
  readonly now: number;
  /** Only a page that its person just proved themselves on shows it: then it needs no number. */
  readonly isConfirmed?: boolean;
};

/** A page for one person. Its address goes to them alone; only the hash of what is secret in it stays. */
export async function newLink(
  { pagesUrl }: Pick<Parts, 'pagesUrl'>,
  stores: Stores,
  { person, platform, about, now, isConfirmed = false }: NewLink,
): Promise<{ readonly url: string; readonly expiresAt: number }> {
  const token = newToken();
  const expiresAt = now + (about.kind === 'confirmation' ? CONFIRMATION_MS : ENROLMENT_MS);
  await stores.factorLinks.save({
    id: randomUUID(),
    tokenHash: hashToken(token),
    personId: person.id,
    personName: person.name,
    platform,
    about,
    nonce: newToken(),
    boundTo: null,
    pending: null,
    expiresAt,
    usedAt: null,
    confirmedAt: isConfirmed ? now : null,
    wrongTries: 0,
  });
  return { url: `${pagesUrl()}/${about.kind === 'confirmation' ? 'confirm' : 'mfa'}/${token}`, expiresAt };
}

/** The platform that somebody speaks from: the browser chat's and the terminal's people have no account of a platform. */
export function platformOf({ account }: Person): string {
  return account?.platform ?? 'web';
}
