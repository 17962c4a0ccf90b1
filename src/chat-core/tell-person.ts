import { accountsOf } from '../application/find-person.ts';
import type { Message } from '../chat/message.ts';
import { humanBehind } from '../domain/machine.ts';
import { browserPlace, isPersonal, type Place, personalPlace } from '../domain/place.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database, Stores } from '../ports/database.ts';
import type { Notices } from '../ports/notices.ts';
import type { Workspace } from '../ports/workspace.ts';
import { noticeView } from '../views/notice.ts';

export type TellParts = { readonly database: Database; readonly workspace: () => Workspace; readonly clock: Clock };

/**
 * Writes to one person alone, wherever they can be reached: as direct message on every platform where they have an account, and
 * in the browser chat; what a machine would be told, whoever it acts for is. The same key again edits what was said. In the transaction of `stores`, or in one of its own.
 */
export async function tellPerson(parts: TellParts, personId: string, key: string, message: Message, stores?: Stores): Promise<void> {
  if (stores === undefined) return parts.database.transact((own) => tellPerson(parts, personId, key, message, own));
  for (const { place, privateTo } of await readersOf(parts, stores, humanBehind(personId))) {
    const { message: stored, changed } = await stores.messages.upsert({
      ...place,
      threadRoot: null,
      key,
      author: { kind: 'bot' },
      privateTo,
      content: message,
      at: parts.clock.now(),
    });
    if (changed) await parts.database.notify(stores, 'message', stored.id);
  }
}

/** What the application tells people by. */
export function createNotices(parts: TellParts): Notices {
  return { tell: (stores, personId, notice) => tellPerson(parts, personId, `notice:${notice.key}`, noticeView(notice), stores) };
}

/** A direct conversation has one reader; the browser chat has channels only, and hides what is private in the first. */
async function readersOf(
  { workspace }: TellParts,
  stores: Stores,
  personId: string,
): Promise<readonly { readonly place: Place; readonly privateTo: string | null }[]> {
  const { people, channels } = workspace();
  const accounts = await accountsOf({ stores, people }, personId);
  const [first] = channels;
  const isInBrowser = Object.hasOwn(people, personId) && first !== undefined;
  return [
    ...accounts
      .map(({ platform, account }) => personalPlace(platform, account))
      // An account of the machine (`terminal`) is nowhere to write to.
      .filter(isPersonal)
      .map((place) => ({ place, privateTo: null })),
    ...(isInBrowser ? [{ place: browserPlace(first.name), privateTo: personId }] : []),
  ];
}
