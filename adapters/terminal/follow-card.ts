import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../../src/chat/message.ts';
import type { BotMessage } from './api-schema.ts';
import { type ChatClient, ChatClientError } from './chat-client.ts';
import { LiveView } from './live-view.ts';
import { renderMessage } from './render-message.ts';
import type { Terminal } from './terminal.ts';

export type Following = {
  readonly client: ChatClient;
  readonly terminal: Terminal;
  readonly channel: string;
  readonly deploymentId: string;
  /** From before the command was sent, so that nothing is missed. */
  readonly position: number;
  readonly signal: AbortSignal;
};

/** How long a server may be away before the watching gives up; the deployment goes on meanwhile. */
const PATIENCE_MS = 120_000;
const RETRY_MS = 500;
const RECENT = 50;

/** Shows a deployment's card until it is over, through restarts of the server, and returns how it ended. */
export async function followCard(following: Following): Promise<Exclude<Outcome, 'pending'>> {
  const { client, channel, signal, terminal, deploymentId } = following;
  const view = new LiveView(terminal, Date.now);
  let { position } = following;
  let lastAnswerAt = Date.now();
  for (;;) {
    try {
      for await (const update of cards()) {
        lastAnswerAt = Date.now();
        const { outcome = 'pending' } = update.message;
        if (outcome === 'pending') view.show(update.message);
        else {
          view.finish(update.message);
          if (outcome === 'failure') await showFailure(following, update.id);
          return outcome;
        }
      }
    } catch (error) {
      if (signal.aborted || !isPassing(error) || Date.now() - lastAnswerAt > PATIENCE_MS) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal });
  }

  /** This deployment's card whenever it changed. */
  async function* cards(): AsyncGenerator<BotMessage> {
    for await (const event of client.follow(position, signal)) {
      if (event === null) {
        const recent = await client.recent(channel, RECENT, signal);
        position = recent.position;
        yield* recent.messages.filter(isCard);
        return;
      }
      position = Math.max(position, event.position);
      if (isCard(event)) yield event;
    }
  }

  function isCard(message: BotMessage): boolean {
    return message.key === `card:${deploymentId}`;
  }
}

/** The thread's messages about what failed: the card says what, these say why. */
async function showFailure({ client, terminal, signal }: Following, root: string): Promise<void> {
  const options = { width: terminal.columns() - 1, hasColors: terminal.hasColors, now: Date.now() };
  for (const { message } of await client.thread(root, signal)) {
    if (message.tone === 'danger') terminal.write(`\n${renderMessage(message, options).join('\n')}\n`);
  }
}

/** No answer, or one that says "later"; anything else would not get better. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ChatClientError)) return true;
  return error.status === null || error.status >= 500 || error.status === 429;
}
