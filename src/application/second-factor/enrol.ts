import { randomUUID } from 'node:crypto';
import type { Factor } from '../../domain/factor.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { BegunFactor, FinishedFactor, NewFactorAnswer, NewFactorKind, Visitor } from '../../ports/factor-pages.ts';
import type { FactorLink } from '../../ports/factor-store.ts';
import { factorBinding, pendingFactorBinding } from '../../ports/sealed-bindings.ts';
import type { Parts } from '../parts.ts';
import { endAfterFactorChange } from '../sessions/end-sessions.ts';
import { bindLink, PAGE } from './bind-link.ts';
import { firstFactorOf, groupsAtEnrolment, tellOfFactor } from './first-factor.ts';
import { challengeFor, hashRecoveryCode, newRecoveryCodes } from './tokens.ts';
import { passkeysOf } from './try-passkey.ts';

const ISSUER = 'Shipmate';

/** Somebody chose what to set up. From here on the link is this browser's, and an app's secret waits on it for its first code. */
export function beginFactor(parts: Parts, token: string, visitor: Visitor, kind: NewFactorKind): Promise<BegunFactor | Refusal> {
  return parts.database.transact(async (stores) => {
    const link = await bindLink(parts, stores, token, visitor, 'enrolment');
    if (isRefusal(link)) return link;
    const { id, personId, personName, nonce } = link;
    if (kind === 'totp') {
      const secret = parts.oneTimeCodes.newSecret();
      await stores.factorLinks.savePending(id, parts.sealer.seal(Buffer.from(secret), pendingFactorBinding(link)));
      return { kind, secret, uri: parts.oneTimeCodes.uri({ issuer: ISSUER, account: personName, secret }) };
    }
    if (parts.passkeys === null) return noPasskeys();
    const options = await parts.passkeys.registrationOptions({
      person: { id: personId, name: personName },
      challenge: challengeFor(nonce, enrolmentOf(link)),
      existing: await passkeysOf(stores, personId),
    });
    return { kind, options };
  });
}

/** The first code, or the browser's answer, makes the factor count. With the first factor come recovery codes. */
export function finishFactor(parts: Parts, token: string, visitor: Visitor, answer: NewFactorAnswer): Promise<FinishedFactor | Refusal> {
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const link = await bindLink(parts, stores, token, visitor, 'enrolment');
    if (isRefusal(link)) return link;
    const { personId } = link;
    const existing = await stores.factors.list(personId);
    const factor = await newFactor(parts, link, answer, existing, now);
    if (isRefusal(factor)) return factor;
    const first = existing.length === 0 ? await firstFactorOf(parts, stores, link, now) : null;
    // Whatever waited for a vouch until now gives way, with its recovery codes: a vouch is for this one.
    if (first !== null) await stores.factors.removeWaiting(personId);
    const how = { vouchUntil: first?.vouchUntil ?? null, groups: groupsAtEnrolment(link) };
    if (!(await stores.factors.insert(factor, how)))
      return refusal('already_done', 'This passkey is somebody’s already.', 'Use another one.');
    await stores.factorLinks.use(link.id, now);
    const needsCodes = first !== null || (await stores.factors.recoveryCodesLeft(personId)) === 0;
    const recoveryCodes = needsCodes ? await replaceRecoveryCodes(stores, personId) : null;
    const isFirst = first === null ? {} : { first: true, vouchUntil: first.vouchUntil, told: first.admins.map(({ id }) => id) };
    const details = { kind: factor.kind, factor: factor.id, name: factor.name, ...isFirst };
    await stores.audit.append({ at: now, actor: personId, action: 'factor.add', subject: personId, source: PAGE, result: 'done', details });
    await endAfterFactorChange(parts, stores, { personId, except: visitor.session ?? null, by: personId, source: PAGE });
    await tellOfFactor(parts, stores, { person: { id: personId, name: link.personName }, factor, first });
    return { name: factor.name, recoveryCodes, vouchUntil: first?.vouchUntil ?? null };
  });
}

/** Shown once, on the page of a link that was proved for. */
export function showNewRecoveryCodes(parts: Parts, token: string, visitor: Visitor): Promise<readonly string[] | Refusal> {
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    const link = await bindLink(parts, stores, token, visitor, 'recovery_codes');
    if (isRefusal(link)) return link;
    const { personId } = link;
    await stores.factorLinks.use(link.id, now);
    const codes = await replaceRecoveryCodes(stores, personId);
    await stores.audit.append({
      at: now,
      actor: personId,
      action: 'factor.recovery-codes',
      subject: personId,
      source: PAGE,
      result: 'done',
      details: {},
    });
    return codes;
  });
}

async function newFactor(
  parts: Parts,
  link: FactorLink,
  answer: NewFactorAnswer,
  existing: readonly Factor[],
  now: number,
): Promise<Factor | Refusal> {
  const { personId } = link;
  const common = { id: randomUUID(), personId, createdAt: now, lastUsedAt: null };
  if (answer.kind === 'totp') {
    if (link.pending === null) return refusal('link_over', 'Nothing was begun here.', 'Open the link again and begin anew.');
    const secret = Buffer.from(parts.sealer.open(link.pending, pendingFactorBinding(link)));
    const step = parts.oneTimeCodes.stepOf(answer.code.replace(/[\s-]/g, ''), secret.toString('utf8'), now);
    if (step === null) {
      return refusal(
        'wrong_code',
        'That code is not the one this app should show.',
        'Type the newest one, and check that your phone’s clock is right.',
      );
    }
    const sealed = parts.sealer.seal(secret, factorBinding(common));
    // The first code is used up by this.
    return { ...common, kind: 'totp', name: nameFor('Authenticator app', existing), sealed, lastStep: step };
  }
  if (parts.passkeys === null) return noPasskeys();
  const passkey = await parts.passkeys.verifyRegistration({
    response: answer.response,
    challenge: challengeFor(link.nonce, enrolmentOf(link)),
  });
  if (passkey === null)
    return refusal('wrong_code', 'That passkey was not accepted.', 'Begin again, and confirm with your finger, face or PIN.');
  return { ...common, ...passkey, kind: 'passkey', name: nameFor('Passkey', existing) };
}

async function replaceRecoveryCodes(stores: Stores, personId: string): Promise<readonly string[]> {
  const codes = newRecoveryCodes();
  await stores.factors.replaceRecoveryCodes(
    personId,
    codes.map((code) => hashRecoveryCode(personId, code)),
  );
  return codes;
}

/** `Passkey`, `Passkey 2` … */
function nameFor(kind: string, existing: readonly Factor[]): string {
  const names = new Set(existing.map(({ name }) => name));
  if (!names.has(kind)) return kind;
  for (let number = 2; ; number += 1) if (!names.has(`${kind} ${number}`)) return `${kind} ${number}`;
}

const enrolmentOf = ({ id, personId }: FactorLink): string => `enrolment\n${personId}\n${id}`;

const noPasskeys = (): Refusal =>
  refusal(
    'not_allowed',
    'Passkeys are off: this Shipmate has no public https address.',
    'Use an authenticator app, or ask the operator to set SHIPMATE_URL.',
  );
