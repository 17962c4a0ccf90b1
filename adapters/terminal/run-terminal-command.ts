import { randomUUID } from 'node:crypto';
import type { Button, Form } from '../../src/chat/message.ts';
import { plainLine } from '../../src/chat/plain-text.ts';
import { answerForm, nobodyToAsk } from './answer-form.ts';
import type { BotMessage, Sent } from './api-schema.ts';
import { ChatClient, ChatClientError, type ChatClientOptions } from './chat-client.ts';
import { commandText } from './command-text.ts';
import { isShownOnce, showOnce } from './fill-form.ts';
import { followCard } from './follow-card.ts';
import type { Questions } from './questions.ts';
import { renderMessage } from './render-message.ts';
import { type Output, openTerminal, type Terminal } from './terminal.ts';

type TerminalCommand = ChatClientOptions & {
  /** `['deploy', 'shop', 'staging', '1.1.0']` */
  readonly argv: readonly string[];
  readonly output: Output;
  /** Aborted by Ctrl-C. Only the watching stops. */
  readonly signal: AbortSignal;
  /** The channel where the card stands for everyone; the workspace's first when absent. */
  readonly channel?: string;
  /** Who answers; whoever sits at the process's own terminal when absent. */
  readonly questions?: Questions;
};

/** 0: it worked. 1: the deployment failed, or the answer was no. 130: the watching was interrupted. */
type ExitCode = 0 | 1 | 130;

/** Runs one command on the server as the chat would, and follows a deployment to its end. */
export async function runTerminalCommand(command: TerminalCommand): Promise<ExitCode> {
  const { signal, argv } = command;
  const output = openTerminal(command.output, command.questions);
  const client = new ChatClient(command);
  let watching: string | null = null;
  try {
    const channel = command.channel ?? (await client.channels(signal))[0];
    if (channel === undefined) throw new ChatClientError('The workspace has no channel: add one under `channels` in shipmate.yml.', null);
    const { position } = await client.recent(channel, 1, signal);
    const deliveryId = randomUUID();
    const sent = await client.send({ deliveryId, channel, text: commandText(argv) }, signal);
    return await answer({ client, channel, position, deliveryId, sent });
  } catch (error) {
    if (signal.aborted) return interrupted(output, watching);
    if (!(error instanceof ChatClientError)) throw error;
    output.write(`${plainLine(error.message)}\n`);
    return 1;
  }

  async function answer(step: Step): Promise<ExitCode> {
    const { sent, channel, position } = step;
    switch (sent.kind) {
      case 'card': {
        if (isDecision(argv)) return showCard(step, sent.deploymentId);
        watching = sent.deploymentId;
        const outcome = await followCard({ client, terminal: output, channel, deploymentId: sent.deploymentId, position, signal });
        // Taking something back is what these two were asked for.
        const wantsBack = argv[0] === 'cancel' || argv[0] === 'rollback';
        return outcome === 'success' || (outcome === 'cancelled' && wantsBack) ? 0 : 1;
      }
      case 'message':
      case 'refusal':
        return showReply(step);
      case 'form':
        return showForm(step, sent.form);
      case 'said':
      case 'repeated':
        return 0;
    }
  }

  async function showForm(step: Step, form: Form): Promise<ExitCode> {
    const { questions } = output;
    if (form.fields.every(isShownOnce)) {
      for (const field of form.fields) showOnce(output, form.title, field);
      return 0;
    }
    if (questions === null) {
      output.write(`${nobodyToAsk(form, command.baseUrl)}\n`);
      return 1;
    }
    const answered = await answerForm(form, { ...step, terminal: output, questions, signal });
    return answered === null ? 1 : answer({ ...step, ...answered });
  }

  /** A vote is given: how things stand now is the answer, and whoever voted has their prompt again. */
  async function showCard({ channel }: Step, deploymentId: string): Promise<ExitCode> {
    const home = await client.cardChannel(deploymentId, signal).catch(() => channel);
    const { messages } = await client.recent(home, RECENT, signal);
    const card = messages.findLast(({ key }) => key === `card:${deploymentId}`);
    if (card !== undefined) print(output, card);
    return 0;
  }

  async function showReply(step: Step): Promise<ExitCode> {
    const { sent, channel, deliveryId } = step;
    const reply = await findReply(client, channel, deliveryId, signal);
    if (reply !== null) print(output, reply);
    else if (sent.kind === 'refusal') output.write(`${[sent.refusal.message, sent.refusal.hint ?? ''].map(plainLine).join('\n')}\n`);
    if (sent.kind === 'refusal' || reply?.message.tone === 'danger') return isReport(argv) && sent.kind !== 'refusal' ? 0 : 1;
    const question = sent.kind === 'message' && sent.visibility === 'private' ? confirmationIn(reply) : null;
    if (question === null) return 0;
    if (output.questions === null) {
      output.write(`${NOBODY}\n`);
      return 1;
    }
    if (!(await output.questions.confirm(`${plainLine(question.label)}?`, signal))) {
      output.write('Nothing was done.\n');
      return 1;
    }
    const clicked = randomUUID();
    return answer({
      ...step,
      deliveryId: clicked,
      sent: await client.act({ deliveryId: clicked, channel, action: question.action }, signal),
    });
  }
}

/** What they answer with is a vote and no deployment of their own. */
function isDecision(argv: readonly string[]): boolean {
  return ['approve', 'reject'].includes(argv[0] ?? '');
}

type Step = {
  readonly client: ChatClient;
  readonly channel: string;
  readonly position: number;
  readonly deliveryId: string;
  readonly sent: Sent;
};

const RECENT = 30;
const NOBODY =
  'Nobody can be asked here: run it in a terminal, without a pipe on either side, or say it with --yes where the command has that.';

async function findReply(client: ChatClient, channel: string, deliveryId: string, signal: AbortSignal): Promise<BotMessage | null> {
  const { messages } = await client.recent(channel, RECENT, signal);
  return messages.findLast((message) => message.key === `reply:${deliveryId}`) ?? null;
}

function print(output: Terminal, { message }: BotMessage): void {
  // A question is asked in words of its own; other buttons cannot be pressed here.
  const elements = message.elements.filter((element) => element.type !== 'buttons');
  const lines = renderMessage({ ...message, elements }, { width: output.columns() - 1, hasColors: output.hasColors, now: Date.now() });
  output.write(`${lines.join('\n')}\n`);
}

/** The one button of a private answer that does something is a question; so is the one beside a link, which leads out of the terminal. */
function confirmationIn(reply: BotMessage | null): Button | null {
  const elements = reply?.message.elements ?? [];
  const buttons = elements.flatMap((element) => (element.type === 'buttons' ? element.buttons : []));
  const hasLink = elements.some(({ type }) => type === 'link');
  const asking = hasLink && buttons.length === 1 ? buttons : buttons.filter(({ style }) => style !== 'normal');
  return asking.length === 1 ? (asking[0] ?? null) : null;
}

/** Bad news that somebody asked for is a good answer. */
function isReport(argv: readonly string[]): boolean {
  return ['status', 'history', 'logs', 'plan', 'apps', 'help'].includes(argv[0] ?? 'help');
}

function interrupted(output: Terminal, deploymentId: string | null): ExitCode {
  if (deploymentId === null) output.write('\nStopped.\n');
  else output.write(`\nStopped watching; the deployment goes on. To stop it: shipmate cancel ${deploymentId.slice(0, 8)}\n`);
  return 130;
}
