import type { FastifyInstance } from 'fastify';
import { ChatError, validated } from './chat-error.ts';
import { signedIn } from './identity.ts';
import type { WebChat } from './options.ts';
import { cardParams, completeBody, historyQuery, threadParams } from './request-bodies.ts';
import type { CardAnswer, ChannelsAnswer, CommandsAnswer, CompleteAnswer, HistoryAnswer, ThreadAnswer } from './wire.ts';

/** Reading: channels, history, threads, and what can be typed. */
export function conversationRoutes(server: FastifyInstance, chat: WebChat): void {
  const { conversations, core, platform } = chat;

  server.get('/channels', async (request): Promise<ChannelsAnswer> => {
    signedIn(request);
    return { channels: conversations.channels() };
  });

  server.get<{ Params: { channel: string } }>('/channels/:channel/messages', async (request): Promise<HistoryAnswer> => {
    const person = signedIn(request);
    const channel = knownChannel(chat, request.params.channel);
    const { limit, before } = validated(historyQuery, request.query);
    const position = await conversations.position();
    const messages = await conversations.channel(platform, channel, person, limit, before);
    return { messages, position, hasMore: messages.length >= limit };
  });

  server.get('/threads/:root', async (request): Promise<ThreadAnswer> => {
    const person = signedIn(request);
    const { root } = validated(threadParams, request.params);
    return { messages: await conversations.thread(root, person) };
  });

  server.get('/cards/:deployment', async (request): Promise<CardAnswer> => {
    const person = signedIn(request);
    const { deployment } = validated(cardParams, request.params);
    const card = await conversations.card(platform, deployment, person);
    if (card === null)
      throw new ChatError(404, 'unknown_card', 'This chat has no card of that deployment. /history lists what was deployed.');
    return { channel: card.channel, thread: card.id };
  });

  server.get('/commands', async (request): Promise<CommandsAnswer> => {
    signedIn(request);
    return { commands: core.commands() };
  });

  server.post('/complete', async (request): Promise<CompleteAnswer> => {
    const person = signedIn(request);
    const { channel, text } = validated(completeBody, request.body);
    return core.complete({ text, person, platform, channel: knownChannel(chat, channel) });
  });
}

export function knownChannel(chat: WebChat, name: string): string {
  const channel = chat.conversations.channels().find((candidate) => candidate.name === name);
  if (channel === undefined) throw new ChatError(404, 'unknown_channel', 'There is no such channel.');
  return channel.name;
}
