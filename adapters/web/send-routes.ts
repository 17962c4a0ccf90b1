import type { FastifyInstance } from 'fastify';
import type { Reply } from '../../src/chat/command.ts';
import { assertNever } from '../../src/chat/message.ts';
import { validated } from './chat-error.ts';
import { knownChannel } from './conversation-routes.ts';
import { signedIn } from './identity.ts';
import type { WebChat } from './options.ts';
import { actionBody, sendBody } from './request-bodies.ts';
import { readTypedText } from './typed-text.ts';
import type { SentAnswer } from './wire.ts';

/** Writing: what people type and click. Each carries the client's delivery id, so that a retry has no second effect. */
export function sendRoutes(server: FastifyInstance, chat: WebChat): void {
  const { conversations, core, platform } = chat;
  const limited = { config: { rateLimit: { max: chat.writesPerMinute, timeWindow: 60_000, groupId: 'writes' } } };

  server.post('/messages', limited, async (request): Promise<SentAnswer> => {
    const person = signedIn(request);
    const { deliveryId, channel: name, thread, text } = validated(sendBody, request.body);
    const channel = knownChannel(chat, name);
    const typed = readTypedText(text);
    if (typed.kind === 'command') {
      return sentAnswer(await core.command({ platform, deliveryId, channel, person, text: typed.text }));
    }
    const message = await conversations.say({ platform, channel, threadRoot: thread, person, text: typed.text, deliveryId });
    return { kind: 'said', message };
  });

  server.post('/actions', limited, async (request): Promise<SentAnswer> => {
    const person = signedIn(request);
    const { deliveryId, channel: name, action, values, form } = validated(actionBody, request.body);
    const channel = knownChannel(chat, name);
    return sentAnswer(await core.action({ platform, deliveryId, channel, person, action, values, showsRefusal: form }));
  });
}

/** The messages themselves come by the live stream; only a form has to be shown from the answer. */
function sentAnswer(reply: Reply | null): SentAnswer {
  if (reply === null) return { kind: 'repeated' };
  switch (reply.kind) {
    case 'message':
      return { kind: 'message', visibility: reply.visibility };
    case 'card':
      return { kind: 'card', deploymentId: reply.deploymentId };
    case 'form':
      return { kind: 'form', form: reply.form };
    case 'refusal':
      return { kind: 'refusal', refusal: reply.refusal };
    default:
      return assertNever(reply);
  }
}
