import { createHash, randomInt } from 'node:crypto';
import { strangerId } from '../domain/account.ts';
import type { Confirmation, FactorRequest } from '../domain/confirmation.ts';
import type { Person } from '../domain/deployment.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import type { LinkCode, LinkedAccount } from '../ports/identity-store.ts';
import { memberOf } from './authorize.ts';
import type { ConfirmedHandler } from './confirmed-act.ts';
import { findPerson } from './find-person.ts';
import type { Parts } from './parts.ts';
import { overLimit } from './rate-limit.ts';
import { isProven, prove } from './second-factor/prove.ts';
import type { IssuedCode, UseCases } from './use-cases.ts';

const CODE_MS = 10 * 60_000;
/** No letters that are taken for digits or for each other: a code is read on one screen and typed on another. */
const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
/** 30^10 codes; with {@link ATTEMPTS} of them an hour and person, guessing one takes longer than it lives. */
const LENGTH = 10;
const ATTEMPTS = { kind: 'link', max: 10, windowMs: 3_600_000 };

type Request<Name extends 'startLink' | 'finishLink' | 'unlink'> = Parameters<UseCases[Name]>[0];

/**
 * `/link` on the side where a person is known. The code speaks for them, so it is shown to nobody else, and whoever has a second factor brings
 * it: otherwise a stolen account would take in another one, and outlive a new password. It is looked up by its hash; the private message that
 * shows it is stored like any other, and worthless after ten minutes.
 */
export function startLink(parts: Parts, { person, proof, source }: Request<'startLink'>): Promise<IssuedCode | FactorRequest | Refusal> {
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    await stores.factors.lock(person.id);
    if ((await stores.factors.list(person.id)).length > 0) {
      const proven = await prove(parts, stores, { person, proof, confirmation: linkingOf(person), now, source });
      if (!isProven(proven)) return proven;
    }
    const code = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    const expiresAt = now + CODE_MS;
    await stores.identities.saveCode({ ...accountOf(person), hash: hashOf(code), personId: person.id, expiresAt });
    await stores.audit.append(record(parts, person, source, 'identity.link-code', { expiresAt }));
    return { code: `${code.slice(0, 5)}-${code.slice(5)}`, expiresAt };
  });
}

/** With a passkey the page itself shows the code. */
export const confirmAccountLink: ConfirmedHandler = async (parts, act) => {
  const issued = await startLink(parts, act);
  if (!('code' in issued)) return issued;
  const detail = 'On the other platform type /link and this code, within ten minutes. Give it to nobody.';
  return { title: 'Your code for another platform', detail, secret: issued.code };
};

function linkingOf({ id, name, account }: Person): Confirmation {
  return {
    purpose: 'account_link',
    subject: id,
    hash: null,
    summary: [`Get a code for another account that will speak for ${name}.`, 'Whoever types it there becomes you.'],
    values: { account: account === undefined ? id : strangerId(account.platform, account.id) },
  };
}

/**
 * `/link CODE` on the other side: the account that types it becomes the person who asked for the code, never the other way
 * round. Otherwise a stranger could hand a code to somebody with rights and become them.
 */
export async function finishLink(
  parts: Parts,
  { person, code, source }: Request<'finishLink'>,
): Promise<{ personId: string; name: string } | Refusal> {
  const limited = await overLimit(parts.rateLimits, ATTEMPTS, person.id, 'ten codes an hour are the most');
  if (limited !== null) return limited;
  const { account } = person;
  if (account === undefined) {
    return refusal(
      'invalid_arguments',
      'You are known here already: a code is typed where you are not.',
      'Type /link CODE on Slack or Discord.',
    );
  }
  return parts.database.transact(async (stores) => {
    const issued = await stores.identities.useCode(hashOf(code), parts.clock.now());
    // The account that asked for the code may have been taken from its person since: then it speaks for nobody.
    const speaks = issued !== null && (await stillSpeaks(parts, issued));
    const refused = issued === null || !speaks ? unknownCode() : whyNot(parts, person, issued);
    if (issued === null || refused !== null) {
      const reason = { reason: refused?.refused ?? 'invalid_code' };
      await stores.audit.append({ ...record(parts, person, source, 'identity.link', reason), result: 'refused' });
      return refused ?? unknownCode();
    }
    const { platform, id, name } = account;
    const personId = issued.personId;
    if (!(await stores.identities.link({ platform, account: id, name, personId, linkedAt: parts.clock.now() }))) {
      await stores.audit.append({ ...record(parts, person, source, 'identity.link', { reason: 'already_linked' }), result: 'refused' });
      return alreadyLinked();
    }
    const details = { account: strangerId(platform, id), from: strangerId(issued.platform, issued.account) };
    await stores.audit.append({ ...record(parts, person, source, 'identity.link', details), subject: personId });
    await parts.notices.tell(stores, personId, {
      key: `linked:${strangerId(platform, id)}:${parts.clock.now()}`,
      tone: 'warning',
      title: `The ${platform} account “${name}” now speaks for you.`,
      lines: [
        'Somebody typed there the code that you asked for by /link.',
        `If that was not you, type: /unlink ${strangerId(platform, id)}`,
      ],
    });
    return { personId, name: memberOf(parts.workspace().people, personId)?.name ?? issued.accountName };
  });
}

/** `/unlink`: what `/link` did is undone, for the account that types it or for another one of the same person. */
export async function unlink(parts: Parts, { person, other, source }: Request<'unlink'>): Promise<{ personId: string } | Refusal> {
  const nothing = refusal(
    'already_done',
    other === null ? 'This account is linked to nobody by /link.' : `“${other}” is no account that was linked to you by /link.`,
    '/whoami shows your accounts. Those in shipmate.yml are changed there.',
  );
  return parts.database.transact(async (stores) => {
    const own = await stores.identities.accountsOf(person.id);
    const account =
      other === null ? person.account : own.map(asAccount).find(({ platform, id }) => other === id || other === `${platform}:${id}`);
    const personId = account === undefined ? null : await stores.identities.unlink(account.platform, account.id);
    if (account === undefined || personId === null) return nothing;
    await stores.audit.append({
      ...record(parts, person, source, 'identity.unlink', { account: strangerId(account.platform, account.id) }),
      subject: personId,
    });
    return { personId };
  });
}

async function stillSpeaks(parts: Parts, { platform, account, accountName, personId }: LinkCode): Promise<boolean> {
  if (platform === 'web') return memberOf(parts.workspace().people, personId) !== undefined;
  const now = await findPerson(parts, platform, { id: account, name: accountName, groups: [] });
  return now.id === personId;
}

/** Who types the code must be nobody yet. Two known people stay two. */
function whyNot(parts: Parts, person: Person, issued: LinkCode): Refusal | null {
  if (issued.personId === person.id) return refusal('already_done', 'This account is yours already.', '/whoami shows all of them.');
  const { account } = person;
  const isStranger = account !== undefined && person.id === strangerId(account.platform, account.id);
  if (isStranger) return null;
  const isKnown = memberOf(parts.workspace().people, issued.personId) !== undefined;
  return isKnown
    ? alreadyLinked()
    : refusal(
        'already_linked',
        'The code is from an account that is nobody yet, and this one is you.',
        'Go the other way: type /link here, and the code it gives you there.',
      );
}

const unknownCode = (): Refusal =>
  refusal(
    'invalid_code',
    'That code does not work: it is wrong, used, or older than ten minutes.',
    'Type /link where you are known to get a new one.',
  );

const alreadyLinked = (): Refusal =>
  refusal('already_linked', 'This account is another person already.', 'Type /unlink first, or ask whoever keeps shipmate.yml.');

function asAccount({ platform, account, name }: LinkedAccount): NonNullable<Person['account']> {
  return { platform, id: account, name };
}

/** In the browser and the terminal a person is their own account. */
function accountOf({ id, name, account }: Person): Pick<LinkCode, 'platform' | 'account' | 'accountName'> {
  return account === undefined
    ? { platform: 'web', account: id, accountName: name }
    : { platform: account.platform, account: account.id, accountName: account.name };
}

/** Typed on a phone: case, dashes and spaces do not matter. */
function hashOf(code: string): string {
  return createHash('sha256')
    .update(code.toUpperCase().replace(/[^A-Z0-9]/g, ''))
    .digest('hex');
}

function record(parts: Parts, person: Person, source: string, action: string, details: Readonly<Record<string, string | number>>) {
  return { at: parts.clock.now(), actor: person.id, action, subject: person.id, source, result: 'done' as const, details };
}
