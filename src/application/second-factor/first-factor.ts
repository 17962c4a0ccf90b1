import type { Factor } from '../../domain/factor.ts';
import type { Stores } from '../../ports/database.ts';
import type { FactorLink } from '../../ports/factor-store.ts';
import { withGrants } from '../access/with-grants.ts';
import type { Parts } from '../parts.ts';
import { adminsOf, concernedApps, protectedApps, type Target, vouchersFor } from './admins.ts';
import { inTheirGroups } from './in-their-groups.ts';

/** Those who vouch see it on their next working day. */
const VOUCH_MS = 24 * 3_600_000;

/** An action has 100 characters with its verb (src/chat/action-id.ts). */
const LONGEST_ID = 90;

/** What a first factor brings with it: nothing asked for another one before it. */
export type FirstFactorFacts = {
  /** It counts for nothing before somebody vouched for it, and until then; null when it counts at once. */
  readonly vouchUntil: number | null;
  /** Who is told: owners and admins of the apps that it may do harm to. */
  readonly admins: readonly Target[];
  /** Names of these apps; empty when it may do none. */
  readonly apps: readonly string[];
};

export async function firstFactorOf(parts: Parts, stores: Stores, link: FactorLink, now: number): Promise<FirstFactorFacts> {
  const workspace = withGrants(parts.workspace(), await stores.access.grants(now));
  const target = await inTheirGroups(stores, { id: link.personId, name: link.personName, groups: groupsAtEnrolment(link) });
  const matters = protectedApps(workspace, target);
  const isVouched = workspace.secondFactor.firstFactor === 'vouched';
  const apps = matters.length > 0 || !isVouched ? matters : concernedApps(workspace, target);
  return {
    vouchUntil: isVouched ? now + VOUCH_MS : null,
    admins: isVouched ? vouchersFor(workspace, target) : adminsOf(workspace, apps).filter(({ id }) => id !== target.id),
    apps: apps.map(({ name }) => name),
  };
}

/** The groups that they had when they asked for the page. */
export function groupsAtEnrolment({ about }: FactorLink): readonly string[] {
  return about.kind === 'enrolment' ? (about.groups ?? []) : [];
}

type Told = { readonly person: Target; readonly factor: Factor; readonly first: FirstFactorFacts | null };

/** Its owner wherever they have an account; of a first one that may do harm, also whoever can take it away again. */
export async function tellOfFactor({ notices }: Parts, stores: Stores, { person, factor, first }: Told): Promise<void> {
  const { id, name } = factor;
  const vouchUntil = first?.vouchUntil ?? null;
  const admins = first?.admins ?? [];
  const names = admins.map((admin) => admin.name).join(', ');
  await notices.tell(stores, person.id, {
    key: `factor-add:${id}`,
    tone: first === null ? 'neutral' : 'warning',
    title: `A second factor was set up for you: ${name}`,
    lines: [
      ...(vouchUntil === null
        ? []
        : [`It counts when somebody vouches for it: ${names === '' ? 'an owner or admin of an app of yours' : names}. Ask them.`]),
      ...(vouchUntil === null && admins.length > 0 ? [`Told as well, because it may approve or change what is protected: ${names}.`] : []),
      'If that was not you, tell an admin now: /mfa reset takes it away again.',
    ],
    times: vouchUntil === null ? [] : [{ label: 'It waits until', at: vouchUntil }],
  });
  for (const admin of admins) {
    await notices.tell(stores, admin.id, {
      key: `factor-first:${id}:${admin.id}`,
      tone: 'warning',
      title: `${person.name} set up their first second factor: ${name}`,
      lines: [
        `It may confirm what they do in ${first?.apps.join(', ')}.`,
        vouchUntil === null
          ? `Whoever has their chat account could have done it. Did you expect it? If not, ask them in person, or type: /mfa reset ${person.id}`
          : 'It counts for nothing before one of you vouches for it. Ask them in person whether they did it themselves, just now.',
      ],
      times: vouchUntil === null ? [] : [{ label: 'It waits until', at: vouchUntil }],
      offers: [
        ...(vouchUntil === null ? [] : [{ verb: 'mfa-step', id: stepId('vouch', id), label: 'I asked them: vouch…' }]),
        { verb: 'mfa-step', id: stepId('reset', person.id), label: 'Not expected? Reset…' },
        // The id of a stranger may be too long for a button; /mfa reset takes it all the same.
      ].filter((offer) => offer.id.length <= LONGEST_ID),
    });
  }
}

/** As the chat's buttons of `/mfa` read it (commands/mfa-step.ts). */
function stepId(what: 'vouch' | 'reset', which: string): string {
  return `${what}.${Buffer.from(which).toString('base64url')}`;
}
