import type { Person } from '../../domain/deployment.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Stores } from '../../ports/database.ts';
import type { Parts } from '../parts.ts';
import { isNumberOf, MOST_WRONG_NUMBERS } from './page-number.ts';

export type ConfirmedPage = { readonly confirmedUntil: number };

/** What somebody read on the page of their link and typed in the chat, from their own account. */
export type ConfirmPageRequest = { readonly person: Person; readonly number: string; readonly source: string };

/**
 * `/mfa confirm 123 456`: the browser that shows this number is its person's, so its page goes on. Whoever else got hold of the link has a page
 * with another number, or none. Three wrong ones end the link.
 */
export function confirmPage(parts: Parts, { person, number, source }: ConfirmPageRequest): Promise<ConfirmedPage | Refusal> {
  const now = parts.clock.now();
  return parts.database.transact(async (stores) => {
    await stores.factors.lock(person.id);
    const link = await stores.factorLinks.lockUnconfirmed(person.id, now);
    if (link === null) {
      return refusal(
        'link_over',
        'No page of yours waits for a number.',
        'Open the link that /mfa add gave you and press Continue: its page shows the number.',
      );
    }
    const record = { person, about: link.about.kind, now, source };
    if (isNumberOf(link, number)) {
      await stores.factorLinks.confirm(link.id, now);
      await audit(stores, record, 'done');
      return { confirmedUntil: link.expiresAt };
    }
    await audit(stores, record, 'refused');
    const left = MOST_WRONG_NUMBERS - (await stores.factorLinks.countWrong(link.id));
    if (left > 0) {
      const tries = left === 1 ? 'One try is' : `${left} tries are`;
      return refusal('wrong_code', `That is not the number of your page. ${tries} left.`, 'Type the six digits that the page shows now.');
    }
    await stores.factorLinks.use(link.id, now);
    return refusal(
      'link_over',
      `After ${MOST_WRONG_NUMBERS} wrong numbers the link is over.`,
      'Ask for a new one: /mfa add. If your own page said “opened in another browser”, somebody else has your link: tell an admin.',
    );
  });
}

type Record = { readonly person: Person; readonly about: string; readonly now: number; readonly source: string };

async function audit(stores: Stores, { person, about, now, source }: Record, result: 'done' | 'refused'): Promise<void> {
  const details = result === 'done' ? { about } : { about, why: 'wrong_code' };
  await stores.audit.append({ at: now, actor: person.id, action: 'factor.page-confirm', subject: person.id, source, result, details });
}
