import type { Origin, RequestedDeployment } from '../src/application/use-cases.ts';
import type { CommandContext, Reply } from '../src/chat/command.ts';
import type { Message } from '../src/chat/message.ts';
import type { FactorRequest, FactorRequest } from '../src/domain/confirmation.ts';
import { isRefusal, type Refusal } from '../src/domain/refusal.ts';
import { factorRequestView } from '../src/views/factor-request.ts';
import { factorRequestView } from '../src/views/factors.ts';

/** The kinds of answers, so that handlers read as what they say. */
export function refused(refusal: Refusal): Reply {
  return { kind: 'refusal', refusal };
}

export function publicly(message: Message): Reply {
  return { kind: 'message', visibility: 'public', message };
}

export function privately(message: Message): Reply {
  return { kind: 'message', visibility: 'private', message };
}

/** Asks one person for their second factor: a page for a passkey, and a button (`codeAction` opens the form) for a code. */
export function askingForFactor(request: FactorRequest, codeAction: string | null): Reply {
  return privately(factorRequestView(request, codeAction));
}

/** What was asked for is a deployment: its card is the answer. */
export function cardOf(requested: RequestedDeployment | Refusal): Reply {
  return isRefusal(requested) ? refused(requested) : { kind: 'card', deploymentId: requested.deployment.id };
}

/** Nothing was done: the person is told alone how to confirm it. */
export function askForFactor(
  request: FactorRequest,
  what: string,
  again = 'Or do it again, with the code of your authenticator app.',
): Reply {
  return privately(factorRequestView(request, what, again));
}

export function originOf({ platform, channel, deliveryId }: CommandContext): Origin {
  return { platform, channel, deliveryId };
}

/** Where it came from, as audit records name it. */
export function sourceOf({ platform, channel }: CommandContext): string {
  return `${platform}:${channel}`;
}
