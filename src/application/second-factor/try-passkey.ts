import { type Confirmation, confirmationIdentity, isSameConfirmation, type Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { PasskeyFactor } from '../../domain/factor.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { FactorLink } from '../../ports/factor-store.ts';
import type { Parts } from '../parts.ts';
import { whyLinkIsOver } from './open-link.ts';
import { challengeFor } from './tokens.ts';

type PasskeyProof = Extract<Proof, { by: 'passkey' }>;
export type ConfirmationLink = FactorLink & { readonly about: { readonly kind: 'confirmation'; readonly confirmation: Confirmation } };

/** What the browser's answer has to sign: this confirmation with its words, for this person, on this link. */
export function challengeOf(link: ConfirmationLink): string {
  return challengeFor(link.nonce, confirmationIdentity(link.about.confirmation, link.personId));
}

export function isConfirmationLink(link: FactorLink): link is ConfirmationLink {
  return link.about.kind === 'confirmation';
}

export async function passkeysOf(stores: Stores, personId: string): Promise<readonly PasskeyFactor[]> {
  return (await stores.factors.list(personId)).filter((factor) => factor.kind === 'passkey');
}

/** The browser's answer for one link. Accepting it uses the link up, in this very transaction. `wrong` counts as a try, a refusal does not. */
export async function tryPasskey(
  { passkeys }: Pick<Parts, 'passkeys'>,
  stores: Stores,
  request: { readonly person: Person; readonly proof: PasskeyProof; readonly confirmation: Confirmation; readonly now: number },
): Promise<{ readonly kind: 'passkey'; readonly factor: string } | 'wrong' | Refusal> {
  const { person, proof, confirmation, now } = request;
  const link = await stores.factorLinks.lock(proof.confirmationId);
  if (link === null || !isConfirmationLink(link) || link.personId !== person.id || passkeys === null) {
    return refusal('link_over', 'This page is not one of yours.', 'Ask for it again in the chat.');
  }
  const over = whyLinkIsOver(link, now);
  if (over !== null) return over;
  if (!isSameConfirmation(link.about.confirmation, confirmation)) {
    return refusal('link_over', 'What you were asked to confirm has changed since.', 'Ask for it again in the chat, and read it again.');
  }
  const verified = await passkeys.verify({
    response: proof.response,
    challenge: challengeOf(link),
    passkeys: await passkeysOf(stores, person.id),
  });
  if (verified === null) return 'wrong';
  await stores.factorLinks.use(link.id, now);
  await stores.factors.markUsed(verified.passkey.id, { at: now, counter: verified.counter });
  return { kind: 'passkey', factor: verified.passkey.id };
}
