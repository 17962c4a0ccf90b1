import type { Confirmation, FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { TokenWish } from '../../ports/token-wish-store.ts';
import type { ConfirmedHandler } from '../confirmed-act.ts';
import { newId } from '../identity.ts';
import type { Parts } from '../parts.ts';
import { isProven, type Proven, prove } from '../second-factor/prove.ts';
import { mintToken, whyNoToken } from './mint-token.ts';
import type { ConfirmedToken, CreatedToken, WishedToken } from './requests.ts';

/** To bring a factor, and then to look: nobody is asked for a token they forgot about. */
const WAITS_MS = 10 * 60_000;

type Wished = { readonly person: Person; readonly wish: TokenWish['wish']; readonly now: number; readonly source: string };

/** In the caller's transaction: the token waits for its maker's second factor, and is not made before it is shown. */
export async function wishToken(parts: Parts, stores: Stores, { person, wish, now, source }: Wished): Promise<WishedToken | Refusal> {
  const id = newId(now);
  const asked = await prove(parts, stores, { person, proof: null, confirmation: confirmationOf(id, wish), now, source });
  if (isRefusal(asked)) return asked;
  // Without a proof nothing is proven.
  if (isProven(asked)) return refusal('unavailable', 'That cannot be confirmed now.', 'Try again.');
  await stores.tokenWishes.save({ id, personId: person.id, wish, expiresAt: now + WAITS_MS, provenAt: null, usedAt: null });
  return { ...asked, wish: id };
}

type OfWish = { readonly person: Person; readonly wish: string; readonly source: string };

/** The code for it. The token is made when its maker looks: {@link showToken}. */
export function confirmToken(parts: Parts, request: OfWish & { proof: Proof }): Promise<ConfirmedToken | FactorRequest | Refusal> {
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const proven = await proveWish(parts, stores, { ...request, now });
    if (!('wish' in proven)) return proven;
    await stores.tokenWishes.markProven(request.wish, now, now + WAITS_MS);
    return { confirmed: request.wish, name: proven.wish.wish.name };
  });
}

/** Makes the token and hands it out, once, to whoever confirmed it, while they look at it. */
export function showToken(parts: Parts, { person, wish: id, source }: OfWish): Promise<CreatedToken | Refusal> {
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const wish = await openWish(stores, { person, wish: id, now });
    if (isRefusal(wish)) return wish;
    if (wish.provenAt === null) return refusal('factor_required', 'That token waits for your second factor.', 'Enter the code first.');
    return make(parts, stores, wish, { person, now, source });
  });
}

/** With a passkey the page itself shows it. */
export const confirmTokenCreate: ConfirmedHandler = (parts, act) => {
  const { wish } = act.confirmation.values;
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const proven = await proveWish(parts, stores, { ...act, wish: typeof wish === 'string' ? wish : '', now });
    if (!('wish' in proven)) return proven;
    const made = await make(parts, stores, proven.wish, { ...act, now });
    if (isRefusal(made)) return made;
    return { title: `Token ${made.token.name}`, detail: 'Copy it now: it is not shown again.', secret: made.secret };
  });
};

type Proving = OfWish & { readonly proof: Proof; readonly now: number };

async function proveWish(
  parts: Parts,
  stores: Stores,
  { person, wish: id, proof, now, source }: Proving,
): Promise<{ readonly wish: TokenWish } | FactorRequest | Refusal> {
  const wish = await openWish(stores, { person, wish: id, now });
  if (isRefusal(wish)) return wish;
  const refused = whyNoToken(parts, { person, ...wish.wish });
  if (refused !== null) return refused;
  const proven: Proven | FactorRequest | Refusal = await prove(parts, stores, {
    person,
    proof,
    confirmation: confirmationOf(wish.id, wish.wish),
    now,
    source,
  });
  return isProven(proven) ? { wish } : proven;
}

async function openWish(
  stores: Stores,
  { person, wish: id, now }: { person: Person; wish: string; now: number },
): Promise<TokenWish | Refusal> {
  const wish = await stores.tokenWishes.lock(id);
  if (wish === null || wish.personId !== person.id)
    return refusal('unknown_token', 'There is no such token of yours.', 'Type /token create.');
  if (wish.usedAt !== null) {
    return refusal('already_done', 'That token was shown already, which happens once.', 'Revoke it with /token revoke and make another.');
  }
  return wish.expiresAt <= now ? refusal('request_over', 'That was too long ago: no token was made.', 'Type /token create again.') : wish;
}

async function make(
  parts: Parts,
  stores: Stores,
  { id, wish }: TokenWish,
  { person, now, source }: { readonly person: Person; readonly now: number; readonly source: string },
): Promise<CreatedToken | Refusal> {
  const refused = whyNoToken(parts, { person, ...wish });
  if (refused !== null) return refused;
  await stores.tokenWishes.markUsed(id, now);
  return mintToken(stores, { person, ...wish, now, source });
}

function confirmationOf(id: string, { name, scope, forMs }: TokenWish['wish']): Confirmation {
  const { apps, environments, permissions } = scope;
  return {
    purpose: 'token_create',
    subject: id,
    hash: null,
    summary: [
      `Make the token “${name}” for ${apps.join(', ')} in ${environments.join(', ')}.`,
      `Whoever has it may: ${permissions.join(', ')}. It lasts ${lengthOf(forMs)}.`,
    ],
    values: { wish: id, name, apps: [...apps], environments: [...environments], permissions: [...permissions], forMs },
  };
}

function lengthOf(ms: number): string {
  const hours = Math.round(ms / 3_600_000);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
