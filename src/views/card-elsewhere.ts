import type { Message } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import { composeMessage, quiet, strong } from './compose-message.ts';
import { deploymentTone } from './deployment-headline.ts';
import { deploymentTitle } from './deployment-title.ts';
import { environmentTruth } from './environment-truth.ts';
import { shortId } from './wording.ts';

/** The answer about a deployment whose card stands in another channel. */
export function cardElsewhere(deployment: Deployment, channel: string | null): Message {
  const title = deploymentTitle(deployment);
  const where = channel === null ? '' : ` Its card is in #${channel}.`;
  return composeMessage(title, deploymentTone(deployment), [
    strong(`${title}: ${deployment.state.replaceAll('_', ' ')}.`),
    quiet(`${environmentTruth(deployment, true)}${where} Deployment ${shortId(deployment.id)}`),
  ]);
}
