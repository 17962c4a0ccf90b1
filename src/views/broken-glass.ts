import { formatAction } from '../chat/action-id.ts';
import type { Message } from '../chat/message.ts';
import type { BrokenGlass } from '../domain/broken-glass.ts';
import { composeMessage, header, strong, text } from './compose-message.ts';
import { sentence, shortId, utcTime } from './wording.ts';

export function signedOffView({ deploymentId, app, environment, by, signedOff }: BrokenGlass): Message {
  const note = signedOff?.note == null ? '' : ` ${sentence(signedOff.note)}`;
  const line = `${signedOff?.by.name ?? 'Somebody'} looked at what ${by.name} did past the approvals of ${app} ${environment}.`;
  return composeMessage(line, 'success', [strong(`✅ ${line}${note}`), text(`Deployment ${shortId(deploymentId)}`)]);
}

/** To whoever may sign it off, while nobody has. */
export function reviewReminder({ deploymentId, app, environment, by, at, reason }: BrokenGlass): Message {
  const title = `Nobody has looked yet at what went past the approvals of ${app} ${environment}.`;
  return composeMessage(title, 'warning', [
    strong(`⏰ ${title}`),
    text(`${by.name} broke the glass: ${sentence(reason)}`),
    { type: 'time', label: 'Asked for', at },
    text(`Deployment ${shortId(deploymentId)}. Whoever answers for the app, and is not who did it, signs it off.`),
    {
      type: 'buttons',
      buttons: [{ action: formatAction('sign-off', deploymentId), label: 'Sign off…', style: 'normal', confirm: null }],
    },
  ]);
}

/** `/reviews`: what went past its approvals, and nobody has looked at yet. */
export function reviewsView(open: readonly BrokenGlass[], now: number): Message {
  const [first] = open;
  if (first === undefined) return composeMessage('Nothing to look at', 'success', [strong('✅ No broken glass is left to be looked at.')]);
  return composeMessage(`${open.length} to look at`, 'warning', [
    header('Went past their approvals'),
    {
      type: 'table',
      columns: ['What', 'By', 'When (UTC)', 'Because', 'Id'],
      rows: open.map(({ app, environment, by, at, reason, deploymentId }) => [
        `${app} ${environment}`,
        by.name,
        utcTime(at, now),
        reason,
        shortId(deploymentId),
      ]),
    },
    text('Whoever answers for the app, and is not who did it, signs it off.'),
    {
      type: 'buttons',
      buttons: open.slice(0, 5).map(({ deploymentId, app, environment }) => ({
        action: formatAction('sign-off', deploymentId),
        label: `Sign off ${app} ${environment}…`,
        style: 'normal' as const,
        confirm: null,
      })),
    },
  ]);
}
