import type { Message } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Place } from '../domain/place.ts';
import { composeMessage, quiet, strong } from './compose-message.ts';
import { deploymentTone } from './deployment-headline.ts';
import { deploymentTitle } from './deployment-title.ts';
import { environmentTruth } from './environment-truth.ts';
import { shortId } from './wording.ts';

/** The answer about a deployment whose card stands in another channel. */
export function cardElsewhere(deployment: Deployment, place: Place | null): Message {
  const title = deploymentTitle(deployment);
  const where = place === null ? '' : ` Its card is in ${whereItIs(place)}.`;
  return composeMessage(title, deploymentTone(deployment), [
    strong(`${title}: ${deployment.state.replaceAll('_', ' ')}.`),
    quiet(`${environmentTruth(deployment, true)}${where} Deployment ${shortId(deployment.id)}`),
  ]);
}

/** Ids of platforms' channels say nothing to people. */
function whereItIs({ platform, channel }: Place): string {
  const name = Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform] : undefined;
  return name === undefined ? `#${channel}` : `a channel of ${name}`;
}

const PLATFORMS: Readonly<Record<string, string>> = { slack: 'Slack', discord: 'Discord' };
