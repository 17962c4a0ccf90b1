import { formatAction } from '../chat/action-id.ts';
import type { Message } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';

/** A rollback asked for while a deployment is still under way: going back means taking that one back. */
export function takeBackConfirmation(running: Deployment): Message {
  const { app, environment, version, previousVersion } = running;
  const back = previousVersion === null ? 'removes what it created so far' : `goes back to ${previousVersion}`;
  return composeMessage(`Take ${app} ${environment} ${version} back?`, 'warning', [
    header(`Take ${app} ${environment} ${version} back?`),
    strong(`${version} is being deployed right now. Taking it back ${previousVersion === null ? back : `means: ${environment} ${back}`}.`),
    text(`${running.requester.name} started it.`),
    {
      type: 'buttons',
      buttons: [
        {
          action: formatAction('cancel', running.id),
          label: previousVersion === null ? `Take ${version} back` : `Take it back to ${previousVersion}`,
          style: 'danger',
          confirm: null,
        },
      ],
    },
    quiet(`Nothing was done yet. At once: /rollback ${app} ${environment} --yes`),
  ]);
}
