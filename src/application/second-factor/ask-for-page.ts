import type { Confirmation, FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { ConfirmedHandler } from '../confirmed-act.ts';
import type { Parts } from '../parts.ts';
import { newLink, platformOf } from './new-link.ts';
import { isProven, prove } from './prove.ts';

/** The address of a page for its reader alone; until `expiresAt`, once. */
export type PrivatePage = {
  readonly url: string;
  readonly expiresAt: number;
  /** The page shows a number that its person types in the chat before it goes on. */
  readonly asksNumber: boolean;
};

type Request = { readonly person: Person; readonly proof: Proof | null; readonly source: string };

/** More than anybody carries, and few enough to look through on every try. */
const MOST_FACTORS = 10;

/** `/mfa add`. Whoever has a factor shows it first: otherwise a stolen chat account would set up one of its own. */
export function addFactor(parts: Parts, request: Request): Promise<PrivatePage | FactorRequest | Refusal> {
  return askForPage(parts, request, 'enrolment', {
    purpose: 'factor_add',
    subject: request.person.id,
    hash: null,
    summary: [`Set up another second factor for ${request.person.name}.`, 'It will count like the one you confirm this with.'],
    values: {},
  });
}

/** `/mfa recovery`. */
export function renewRecoveryCodes(parts: Parts, request: Request): Promise<PrivatePage | FactorRequest | Refusal> {
  return askForPage(parts, request, 'recovery_codes', {
    purpose: 'recovery_codes',
    subject: request.person.id,
    hash: null,
    summary: [`Make new recovery codes for ${request.person.name}.`, 'All earlier ones end.'],
    values: {},
  });
}

export const confirmFactorAdd: ConfirmedHandler = async (parts, act) =>
  goOn(await addFactor(parts, act), 'Confirmed', 'Go on to set up another second factor.');

export const confirmRecoveryCodes: ConfirmedHandler = async (parts, act) =>
  goOn(await renewRecoveryCodes(parts, act), 'Confirmed', 'Go on to see your new recovery codes.');

function goOn(page: PrivatePage | FactorRequest | Refusal, title: string, detail: string): Awaited<ReturnType<ConfirmedHandler>> {
  return 'url' in page ? { title, detail, url: page.url } : page;
}

function askForPage(
  parts: Parts,
  { person, proof, source }: Request,
  kind: 'enrolment' | 'recovery_codes',
  confirmation: Confirmation,
): Promise<PrivatePage | FactorRequest | Refusal> {
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    // Two who begin at once would otherwise both find no factor to ask for.
    await stores.factors.lock(person.id);
    const factors = await stores.factors.list(person.id);
    if (kind === 'enrolment' && factors.length >= MOST_FACTORS) {
      return refusal('already_done', `You have ${MOST_FACTORS} second factors already.`, 'Take one away first: /mfa remove.');
    }
    if (kind === 'recovery_codes' && factors.length === 0) {
      return refusal('factor_required', 'Recovery codes replace a second factor, and you have none.', 'Type /mfa add to set one up.');
    }
    if (factors.length > 0) {
      const proven = await prove(parts, stores, { person, proof, confirmation, now, source });
      if (!isProven(proven)) return proven;
    }
    const platform = platformOf(person);
    // After a passkey nobody sees the address but the page that it was used on; in the browser chat its reader is signed in.
    const isConfirmed = proof?.by === 'passkey';
    const about = kind === 'enrolment' ? { kind, groups: person.groups ?? [] } : { kind };
    const page = await newLink(parts, stores, { person, platform, about, now, isConfirmed });
    const details = { about: kind, until: page.expiresAt };
    await stores.audit.append({ at: now, actor: person.id, action: 'factor.link', subject: person.id, source, result: 'done', details });
    return { ...page, asksNumber: platform !== 'web' && !isConfirmed };
  });
}
