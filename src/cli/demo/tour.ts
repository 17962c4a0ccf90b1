import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UseCases } from '../../application/use-cases.ts';
import type { ChatCore } from '../../chat/chat-core.ts';
import type { Reply } from '../../chat/command.ts';
import type { Button, Form, Message } from '../../chat/message.ts';
import type { Deployment, Person } from '../../domain/deployment.ts';
import { isFinal } from '../../domain/deployment-state.ts';
import type { RefusalCode } from '../../domain/refusal.ts';
import { refusalView } from '../../views/refusal.ts';
import type { FormValues, TourScreen } from './tour-screen.ts';

const CHANNEL = 'deploys';

/** Something did not do what the tour shows. */
export class TourFailed extends Error {}

/** A person's part in the tour: types commands and clicks buttons as the browser chat would, and looks at what comes of it. */
export class Tour {
  readonly #core: ChatCore;
  readonly #useCases: UseCases;
  readonly #screen: TourScreen;
  readonly #person: Person;
  #deliveries = 0;
  readonly #run = randomUUID();

  constructor(parts: { core: ChatCore; useCases: UseCases; screen: TourScreen; person: Person }) {
    this.#core = parts.core;
    this.#useCases = parts.useCases;
    this.#screen = parts.screen;
    this.#person = parts.person;
  }

  /** The same tour with somebody else at the keyboard. */
  as(person: Person): Tour {
    return new Tour({ core: this.#core, useCases: this.#useCases, screen: this.#screen, person });
  }

  /** Types a command and shows its answer. */
  async type(text: string): Promise<Reply> {
    this.#screen.typed(this.#person.name, CHANNEL, text);
    return this.#show(await this.#core.command({ ...this.#delivery(), text }));
  }

  /** Clicks the button whose label starts with `label`. */
  async click(message: Message, label: string): Promise<Reply> {
    return this.#show(await this.#press(message, label));
  }

  /** Follows a deployment's card to its end. */
  async watch(reply: Reply): Promise<Deployment> {
    if (reply.kind !== 'card') throw new TourFailed(`expected a deployment, got ${reply.kind}`);
    for (;;) {
      const details = await this.#useCases.readDeployment(reply.deploymentId);
      if (details === null) throw new TourFailed('the deployment is gone');
      this.#screen.card(details);
      if (isFinal(details.deployment.state)) {
        this.#screen.cardDone();
        return details.deployment;
      }
      await sleep(100);
    }
  }

  /** Clicks, fills in the form that opens, and submits it. */
  async fillIn(message: Message, label: string, values: FormValues): Promise<Reply> {
    const reply = await this.#press(message, label);
    return this.#show(reply?.kind === 'form' ? await this.#submit(reply.form, values) : reply);
  }

  /** Clicks, fills in the form if one opens, and shows the no with this code that it should get in the end. */
  async fillInInVain(message: Message, label: string, values: FormValues, code: RefusalCode): Promise<void> {
    const reply = await this.#press(message, label);
    const last = reply?.kind === 'form' ? await this.#submit(reply.form, values) : reply;
    if (last?.kind !== 'refusal' || last.refusal.refused !== code) {
      throw new TourFailed(`“${label}” should have been refused as ${code}, but was answered by ${last?.kind ?? 'nothing'}`);
    }
    this.#screen.message(refusalView(last.refusal));
  }

  async #submit(form: Form, values: FormValues): Promise<Reply | null> {
    this.#screen.form(form, values);
    this.#screen.clicked(this.#person.name, form.submit);
    return this.#core.action({ ...this.#delivery(), action: form.action, values });
  }

  async #press(message: Message, label: string): Promise<Reply | null> {
    const buttons = message.elements.flatMap((element): readonly Button[] => (element.type === 'buttons' ? element.buttons : []));
    const button = buttons.find((candidate) => candidate.label.startsWith(label));
    if (button === undefined)
      throw new TourFailed(`there is no button “${label}”, only: ${buttons.map((other) => other.label).join(', ')}`);
    this.#screen.clicked(this.#person.name, button.label);
    return this.#core.action({ ...this.#delivery(), action: button.action, values: {} });
  }

  async #show(reply: Reply | null): Promise<Reply> {
    if (reply === null) throw new TourFailed('the delivery was taken for a repeated one');
    if (reply.kind === 'refusal') throw new TourFailed([reply.refusal.message, reply.refusal.hint, ...reply.refusal.details].join('\n'));
    if (reply.kind === 'message') this.#screen.message(reply.message);
    return reply;
  }

  #delivery(): { platform: string; deliveryId: string; channel: string; person: Person } {
    this.#deliveries += 1;
    return { platform: 'web', deliveryId: `tour-${this.#run}-${this.#deliveries}`, channel: CHANNEL, person: this.#person };
  }
}
