import { formatAction } from '../chat/action-id.ts';
import type { Element, Message } from '../chat/message.ts';
import type { AppAccess, ChangedAccess, Holder, OpenChange, RoleOrigin, Seconds, WantedChange } from '../domain/access-facts.ts';
import { composeMessage, fields, header, quiet, strong, text } from './compose-message.ts';
import { names, utcTime } from './wording.ts';

/** Each takes up to four elements; a message has room for these. */
const WAITING = 6;

/** `/access shop`: who has which role, where from, and what waits for a second owner. */
export function accessView({ app, roles, void: gone, open, mayChange }: AppAccess, now: number): Message {
  const summary = `Who may do what with ${app}`;
  const pairs = roles.map(({ role, members }) => [role, membersLine(members, now)] as const);
  const left = gone.map(({ personId, role }) => `${personId} (${role})`);
  return composeMessage(summary, open.length > 0 ? 'warning' : 'neutral', [
    header(summary),
    fields(pairs.map(([role, line]) => [role, line === '' ? (role === 'owner' ? 'nobody' : null) : line])),
    left.length === 0 ? null : text(`Not in shipmate.yml any more, so without any right: ${names(left)}.`),
    ...open.slice(0, WAITING).flatMap(waiting),
    open.length > WAITING ? quiet(`… and ${open.length - WAITING} more wait.`) : null,
    quiet('Roles without a note are in shipmate.yml.'),
    mayChange
      ? quiet(`To give a role: /access ${app} grant <person> <role> --for 8h. To take it away: /access ${app} revoke <person> <role>`)
      : null,
  ]);
}

/** What came of it, for whoever did it. */
export function changedAccessView(changed: ChangedAccess): Message {
  const { wanted, name, outcome } = changed;
  const { app, role, change, grantUntil } = wanted;
  const words = wish(wanted, name);
  switch (outcome) {
    case 'asked':
      return composeMessage(`Another owner has to agree: ${words}`, 'warning', [
        strong(`⏳ Not done yet: another owner has to agree to ${words}.`),
        text(askedLine(changed.seconds)),
        { type: 'time', label: 'The request expires', at: changed.expiresAt },
        quiet(`/access ${app} shows it, and takes it back.`),
      ]);
    case 'done': {
      const line = change === 'grant' ? `${name} is ${role} of ${app} now` : `${name} is not ${role} of ${app} any more`;
      return composeMessage(line, 'success', [
        strong(`✅ ${line}.`),
        change === 'grant' && grantUntil !== null ? { type: 'time', label: 'It ends', at: grantUntil } : null,
        quiet(`${name} and the other owners are told.`),
      ]);
    }
    case 'refused':
      return composeMessage(`You refused to ${words}`, 'success', [strong(`✅ You refused to ${words}.`), text('Whoever asked is told.')]);
    case 'withdrawn':
      return composeMessage(`You took it back: ${words}`, 'success', [strong(`✅ You do not ask any more to ${words}.`)]);
    default:
      return outcome satisfies never;
  }
}

/** `shipmate.yml`, `group slack-group:S1`, `given by Olga until 21 Nov 20:00 UTC`. */
export function originWords(origin: RoleOrigin, now: number): string {
  switch (origin.from) {
    case 'file':
      return 'shipmate.yml';
    case 'group':
      return `group ${origin.group}`;
    case 'chat':
      return `given by ${origin.by.name}${origin.until === null ? '' : ` until ${utcTime(origin.until, now)} UTC`}`;
    default:
      return origin satisfies never;
  }
}

function membersLine(members: readonly Holder[], now: number): string {
  return members.map(({ name, origin }) => (origin.from === 'file' ? name : `${name} (${originWords(origin, now)})`)).join(', ');
}

function waiting({ change, name, seconds, mayAgree, isMine }: OpenChange): readonly Element[] {
  const { id, askedBy, expiresAt, grantUntil } = change;
  const agree = { action: formatAction('access-agree', id), label: 'Agree…', style: 'primary', confirm: null } as const;
  const refuse = {
    action: formatAction('access-refuse', id),
    label: isMine ? 'Take back' : 'Refuse',
    style: 'normal',
    confirm: null,
  } as const;
  const buttons = [...(mayAgree ? [agree] : []), ...(mayAgree || isMine ? [refuse] : [])];
  return [
    strong(`⏳ ${askedBy.name} asks to ${wish(change, name)}`),
    ...(grantUntil === null ? [] : [{ type: 'time', label: 'The role would end', at: grantUntil } as const]),
    { type: 'time', label: 'The request expires', at: expiresAt },
    buttons.length === 0 ? text(agreeLine(seconds)) : { type: 'buttons', buttons },
  ];
}

function wish({ app, role, change }: WantedChange, name: string): string {
  return change === 'grant' ? `make ${name} ${role} of ${app}` : `take the role ${role} in ${app} from ${name}`;
}

function askedLine({ people, hasUnknown }: Seconds): string {
  const told = people.length === 0 ? '' : `Told: ${names(people.map(({ name }) => name))}.`;
  return hasUnknown ? `${told} Members of the owners’ group see it by /access.`.trim() : told;
}

function agreeLine({ people, hasUnknown }: Seconds): string {
  const who = names([...people.map(({ name }) => name), ...(hasUnknown ? ['members of the owners’ group'] : [])]);
  return `To agree: ${who === '' ? 'another owner' : who}.`;
}
