import type { Origin, RequestedDeployment } from '../src/application/use-cases.ts';
import type { CommandContext, Reply } from '../src/chat/command.ts';
import type { Message } from '../src/chat/message.ts';
import type { FactorRequest } from '../src/domain/confirmation.ts';
import { isRefusal, type Refusal } from '../src/domain/refusal.ts';
import { type CodeEntry, factorRequestView } from '../src/views/factor-request.ts';

/** The kinds of answers, so that handlers read as what they say. */
export function refused(refusal: Refusal): Reply {
  return { kind: 'refusal', refusal };
}

/** For everybody who may see the app that it is about; null only where it tells nothing of any app. */
export function publicly(app: string | null, message: Message): Reply {
  return { kind: 'message', visibility: 'public', app, message };
}

export function privately(message: Message): Reply {
  return { kind: 'message', visibility: 'private', message };
}

/** What was asked for is a deployment: its card is the answer. */
export function cardOf(requested: RequestedDeployment | Refusal): Reply {
  return isRefusal(requested) ? refused(requested) : { kind: 'card', deploymentId: requested.deployment.id };
}

/** Nothing was done: the person is told alone how to confirm it; a code goes where `code` says. */
export function askForFactor(
  request: FactorRequest,
  what: string,
  code: CodeEntry = { words: 'Do it again, with the code of your authenticator app.' },
): Reply {
  return privately(factorRequestView(request, what, code));
}

export function originOf({ platform, channel, deliveryId }: CommandContext): Origin {
  return { platform, channel, deliveryId };
}

/** Where it came from, as audit records name it. */
export function sourceOf({ platform, channel }: CommandContext): string {
  return `${platform}:${channel}`;
}
