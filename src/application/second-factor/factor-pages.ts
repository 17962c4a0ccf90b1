import type { Confirmed } from '../../domain/confirmation.ts';
import { isFactorRequest } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Json } from '../../domain/json.ts';
import { isLeftToRecord } from '../../domain/recorded-refusals.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { FactorPages, OpenedConfirmation, OpenedLink, Visitor } from '../../ports/factor-pages.ts';
import type { FactorLink } from '../../ports/factor-store.ts';
import { confirm } from '../confirmations.ts';
import type { Parts } from '../parts.ts';
import { claimPage } from './bind-link.ts';
import { beginFactor, finishFactor, showNewRecoveryCodes } from './enrol.ts';
import { findOpenLink } from './open-link.ts';
import { needsNumber, numberOf } from './page-number.ts';
import { type ConfirmationLink, challengeOf, isConfirmationLink, passkeysOf } from './try-passkey.ts';

/** Everything that the pages behind private links can do. */
export function createFactorPages(parts: Parts): FactorPages {
  return {
    open: (token, visitor) => open(parts, token, visitor),
    claim: (token, visitor) => claimPage(parts, token, visitor),
    begin: (token, visitor, kind) => beginFactor(parts, token, visitor, kind),
    finish: (token, visitor, answer) => finishFactor(parts, token, visitor, answer),
    newRecoveryCodes: (token, visitor) => showNewRecoveryCodes(parts, token, visitor),
    openConfirmation: (token, visitor) => openConfirmation(parts, token, visitor),
    confirm: (token, visitor, response) => confirmOnPage(parts, token, visitor, response),
  };
}

async function open(parts: Parts, token: string, visitor: Visitor): Promise<OpenedLink | Refusal> {
  const link = await findOpenLink(parts.database.stores, token, visitor, parts.clock.now());
  if (isRefusal(link)) return link;
  const { personName, expiresAt, about } = link;
  if (about.kind === 'confirmation') return wrongPage();
  const shown = { personName, expiresAt, sets: about.kind };
  if (needsNumber(link, visitor)) return { ...shown, stage: 'unconfirmed', number: numberOf(link) };
  return { ...shown, stage: 'ready', choices: parts.passkeys === null ? ['totp'] : ['totp', 'passkey'] };
}

async function openConfirmation(parts: Parts, token: string, visitor: Visitor): Promise<OpenedConfirmation | Refusal> {
  const { database, passkeys, clock } = parts;
  const link = await findOpenLink(database.stores, token, visitor, clock.now());
  if (isRefusal(link)) return link;
  if (!isConfirmationLink(link) || passkeys === null) return wrongPage();
  const options = await passkeys.requestOptions({
    challenge: challengeOf(link),
    passkeys: await passkeysOf(database.stores, link.personId),
  });
  return { personName: link.personName, summary: link.about.confirmation.summary, expiresAt: link.expiresAt, options };
}

/** The act, its proof and the end of the link are one transaction: that of whoever does it. */
async function confirmOnPage(parts: Parts, token: string, visitor: Visitor, response: Json): Promise<Confirmed | Refusal> {
  const link = await findOpenLink(parts.database.stores, token, visitor, parts.clock.now());
  if (isRefusal(link)) return link;
  if (!isConfirmationLink(link)) return wrongPage();
  const done = await confirm(parts, {
    confirmation: link.about.confirmation,
    person: speakerOf(link),
    proof: { by: 'passkey', confirmationId: link.id, response },
    source: `${link.platform}:confirm`,
  });
  const answer = isFactorRequest(done) ? refusal('factor_required', 'That was not enough.', 'Ask for it again in the chat.') : done;
  if (isRefusal(answer) && isLeftToRecord(answer.refused)) await recordRefused(parts, link, answer);
  return answer;
}

/** Here no command refuses, which would record it: somebody who lost a role meanwhile stands in the trail as well. */
async function recordRefused({ database, clock }: Parts, link: ConfirmationLink, { refused }: Refusal): Promise<void> {
  const { personId, platform, about } = link;
  await database.stores.audit.append({
    at: clock.now(),
    actor: personId,
    action: 'confirmation.refused',
    subject: about.confirmation.subject,
    source: `${platform}:confirm`,
    result: 'refused',
    details: { code: refused, purpose: about.confirmation.purpose },
  });
}

/** Who asked, with the groups they had then: at most as long ago as the link lives. */
function speakerOf({ personId, personName, about }: FactorLink): Person {
  return { id: personId, name: personName, ...(about.kind === 'confirmation' ? about.speaker : {}) };
}

const wrongPage = (): Refusal => refusal('link_over', 'This link is not for this page.', 'Ask for a new one in the chat.');
