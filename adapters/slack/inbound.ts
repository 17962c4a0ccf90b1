import type { WebClient } from '@slack/web-api';
import type { Accepted, ChatIntake } from '../../src/chat/chat-intake.ts';
import type { Reply } from '../../src/chat/command.ts';
import type { Form, Message } from '../../src/chat/message.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Messenger } from '../../src/ports/messenger.ts';
import { formatAddress } from './address.ts';
import type { SlackDelivery } from './deliveries.ts';
import type { Directory } from './directory.ts';
import { parseHandle } from './handle.ts';
import { readFailure } from './outcome.ts';
import { renderForm } from './render-form.ts';
import { checkResponseUrl, respond } from './response-url.ts';
import type { Workspaces } from './slack-client.ts';
import { inertLine } from './text-objects.ts';

type InboundOptions = {
  readonly intake: ChatIntake;
  readonly directory: Directory;
  readonly workspaces: Workspaces;
  readonly messenger: Pick<Messenger, 'post'>;
  readonly apiUrl: string;
  readonly logger: Logger;
  readonly clock: Clock;
};

const LONGEST_NOTE = 1000;

/** What all deliveries have in common: they are kept, acknowledged, and answered with a form where the answer is one. */
export class Inbound {
  readonly #options: InboundOptions;
  readonly #background = new Set<Promise<void>>();

  constructor(options: InboundOptions) {
    this.#options = options;
  }

  /** Resolves when it is kept, or when it is clear that it cannot be. Only then may it be acknowledged. */
  async keep(delivery: SlackDelivery): Promise<Accepted> {
    const { intake, directory, clock } = this.#options;
    const { sender: _, team: __, ...rest } = delivery;
    const startedAt = clock.now();
    const account = await directory.account(delivery);
    return intake.accept({ ...rest, account }, clock.now() - startedAt);
  }

  /** Opens the form that a delivery is answered with, while its trigger lasts: 3 s (https://docs.slack.dev/reference/methods/views.open). */
  openWhenAsked(delivery: SlackDelivery, triggerId: string, settled: Promise<Reply | null>): void {
    this.inBackground('a form could not be opened', async () => {
      const reply = await settled;
      if (reply?.kind === 'form') await this.#open(delivery, triggerId, reply.form);
    });
  }

  /** Says something to the sender alone, where the delivery can be answered. */
  tell(delivery: SlackDelivery, text: string): void {
    this.inBackground('a note could not be shown', async () => {
      const handle = parseHandle(delivery.handle);
      const url = handle?.responseUrl == null ? null : checkResponseUrl(handle.responseUrl, this.#options.apiUrl);
      if (url !== null) await respond(url, { text: inertLine(text, LONGEST_NOTE) }, handle?.threadTs ?? null);
    });
  }

  /** Can the answer be a form? An event brings nothing to open one with (`trigger_id`: https://docs.slack.dev/interactivity/handling-user-interaction). */
  mayAnswerWithForm(delivery: SlackDelivery): boolean {
    return this.#options.intake.mayAnswerWithForm(delivery);
  }

  /** Says something to whoever wrote a message, where they wrote it and to them alone. */
  tellWriter({ deliveryId, channel, handle, sender }: SlackDelivery, text: string): void {
    const content = { summary: text, tone: 'warning', elements: [{ type: 'text', text, style: 'normal' }] } satisfies Message;
    const onlyFor = formatAddress(sender.team, sender.user);
    this.inBackground('a message could not be answered', async () => {
      await this.#options.messenger.post({ id: deliveryId, channel, threadOf: null, onlyFor, handle, handleSince: null, content });
    });
  }

  client(team: string): Promise<WebClient | null> {
    return this.#options.workspaces.client(team);
  }

  /** Work that nobody waits for; {@link settle} does at the end. */
  inBackground(problem: string, work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        const failure = readFailure(error);
        const reason =
          failure === null ? String(error instanceof Error ? error.name : error) : failure.kind === 'code' ? failure.code : failure.kind;
        this.#options.logger.warn({ reason }, problem);
      })
      .finally(() => this.#background.delete(running));
    this.#background.add(running);
  }

  async settle(): Promise<void> {
    await Promise.all(this.#background);
  }

  async #open(delivery: SlackDelivery, triggerId: string, form: Form): Promise<void> {
    const client = await this.#options.workspaces.client(delivery.team);
    if (client === null) return;
    try {
      await client.views.open({ trigger_id: triggerId, view: renderForm(form, { channel: delivery.channel, handle: delivery.handle }) });
    } catch (error) {
      this.tell(delivery, 'The form came too late for Slack. Please try again, or type the command with its arguments; /help shows them.');
      throw error;
    }
  }
}
