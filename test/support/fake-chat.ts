import { randomUUID } from 'node:crypto';
import type { ActionDelivery, ChatCore, CommandDelivery, Conversations } from '../../src/chat/chat-core.ts';
import type { Reply } from '../../src/chat/command.ts';
import type { Form, Message } from '../../src/chat/message.ts';
import type { Person } from '../../src/domain/deployment.ts';
import type { Json } from '../../src/domain/json.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { StoredMessage } from '../../src/domain/stored-message.ts';
import { MemorySessions } from './memory-sessions.ts';

const PEOPLE: readonly Person[] = [
  { id: 'ana', name: 'Ana Lima' },
  { id: 'ben', name: 'Ben Okafor' },
  { id: 'chen', name: 'Chen Wei' },
];

const CHANNELS = [
  { name: 'deployments', topic: 'What ships, and what came back' },
  { name: 'shop', topic: 'The shop team' },
  { name: 'random', topic: '' },
];

const COMMANDS = [
  { name: 'apps', summary: 'List the apps you can see', usage: '/apps' },
  { name: 'cancel', summary: 'Cancel a running deployment', usage: '/cancel <app> <environment>' },
  { name: 'deploy', summary: 'Deploy a version to an environment', usage: '/deploy <app> <environment> [version] [--reason <text>]' },
  { name: 'help', summary: 'Show what Shipmate can do', usage: '/help [command]' },
  { name: 'history', summary: 'Show past deployments', usage: '/history <app> [environment]' },
  { name: 'logs', summary: 'Show recent log lines', usage: '/logs <app> <environment> [service]' },
  { name: 'plan', summary: 'Show what a deployment would change', usage: '/plan <app> <environment> [version]' },
  { name: 'rollback', summary: 'Go back to the last good release', usage: '/rollback <app> <environment> [to]' },
  { name: 'scale', summary: 'Change the number of replicas', usage: '/scale' },
  { name: 'status', summary: 'Show what runs now', usage: '/status <app> [environment]' },
  { name: 'whoami', summary: 'Show who you are here', usage: '/whoami' },
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  app: ['shop', 'shipping', 'blog'],
  environment: ['staging', 'production', 'testing'],
  version: ['1.1.0', '1.0.0', '0.9.4'],
};

/**
 * A chat core and its conversations in memory, for tests of the browser chat alone. Commands answer with fixed
 * messages; `post` and `edit` play what the projection would write. It outlives server restarts in a test.
 */
export class FakeChat implements ChatCore, Conversations {
  readonly messages = new Map<string, StoredMessage>();
  readonly delivered: string[] = [];
  readonly actions: ActionDelivery[] = [];
  /** Who is signed in; like the messages it outlives the server. */
  readonly signedIn = new MemorySessions(() => this.#clock());
  /** What everybody may read about; messages here tell of no app. */
  readable: readonly string[] = ['shop'];
  /** Set to make writing fail as a broken database would. */
  fault: Error | null = null;
  #position = 0;
  #clock: () => number;
  #listeners = new Set<() => void>();

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  async command(delivery: CommandDelivery): Promise<Reply | null> {
    if (this.fault !== null) throw this.fault;
    if (this.delivered.includes(delivery.deliveryId)) return null;
    this.delivered.push(delivery.deliveryId);
    const [word = '', app = 'shop', environment = 'staging', version = '1.1.0'] = delivery.text.replace(/^\//, '').split(/\s+/);
    const { channel, person } = delivery;
    switch (word) {
      case 'help':
        return this.#reply(channel, person, 'private', HELP);
      case 'whoami':
        return this.#reply(channel, person, 'private', note(`You are ${person.name}.`));
      case 'scale':
        return { kind: 'form', form: SCALE_FORM };
      case 'token':
        return { kind: 'form', form: TOKEN_FORM };
      case 'deploy': {
        const deploymentId = randomUUID().slice(0, 8);
        this.post({ channel, key: `card:${deploymentId}`, message: deploying(app, environment, version, person) });
        return { kind: 'card', deploymentId };
      }
      case 'apps':
        return this.#reply(channel, person, 'public', note('shop, shipping, blog'));
      default: {
        const said = refusal('unknown_command', `There is no command /${word}.`, 'Type /help to see all commands.');
        this.post({ channel, privateTo: person.id, message: { ...note(said.message), tone: 'danger' } });
        return { kind: 'refusal', refusal: said };
      }
    }
  }

  async action(delivery: ActionDelivery): Promise<Reply | null> {
    if (this.delivered.includes(delivery.deliveryId)) return null;
    this.delivered.push(delivery.deliveryId);
    this.actions.push(delivery);
    if (delivery.action === 'scale:form' && !/^\d+$/.test(delivery.values['replicas'] ?? '')) {
      return { kind: 'refusal', refusal: refusal('invalid_arguments', 'Replicas must be a number.', 'For example 3.') };
    }
    const values = Object.values(delivery.values).join(' ');
    return this.#reply(delivery.channel, delivery.person, 'public', note(`${delivery.person.name}: ${delivery.action} ${values}`.trim()));
  }

  async complete(request: { text: string }): Promise<{ replaceFrom: number; completions: readonly { value: string; label: string }[] }> {
    const words = request.text.split(/\s+/);
    const typed = words.at(-1) ?? '';
    const argument = ['', 'app', 'environment', 'version'][words.length - 1] ?? '';
    const values = (VALUES[argument] ?? []).filter((value) => value.startsWith(typed));
    return { replaceFrom: request.text.length - typed.length, completions: values.map((value) => ({ value, label: argument })) };
  }

  commands() {
    return COMMANDS;
  }

  channels() {
    return CHANNELS;
  }

  people() {
    return PEOPLE;
  }

  person(id: string): Person | null {
    return PEOPLE.find((person) => person.id === id) ?? null;
  }

  async say(said: {
    channel: string;
    threadRoot: string | null;
    person: Person;
    text: string;
    deliveryId?: string;
  }): Promise<StoredMessage> {
    if (this.fault !== null) throw this.fault;
    const key = said.deliveryId === undefined ? null : `said:${said.deliveryId}`;
    const before = [...this.messages.values()].find((message) => key !== null && message.key === key);
    return before ?? this.post({ channel: said.channel, threadRoot: said.threadRoot, key, author: said.person, text: said.text });
  }

  async channel(_platform: string, channel: string, viewer: Person, limit: number, beforeId?: string): Promise<readonly StoredMessage[]> {
    const seen = this.#seenBy(viewer).filter((message) => message.channel === channel && message.threadRoot === null);
    const end = beforeId === undefined ? seen.length : seen.findIndex((message) => message.id === beforeId);
    return seen.slice(Math.max(0, end - limit), Math.max(0, end));
  }

  async card(platform: string, deploymentId: string): Promise<StoredMessage | null> {
    return [...this.messages.values()].find((message) => message.platform === platform && message.key === `card:${deploymentId}`) ?? null;
  }

  async thread(rootId: string, viewer: Person): Promise<readonly StoredMessage[]> {
    return this.#seenBy(viewer).filter((message) => message.threadRoot === rootId);
  }

  async changedSince(_platform: string, viewer: Person, position: number): Promise<readonly StoredMessage[]> {
    const changed = this.#seenBy(viewer).filter((message) => message.position > position);
    return changed.sort((a, b) => a.position - b.position).slice(0, 20);
  }

  readableApps(): readonly string[] {
    return this.readable;
  }

  async position(): Promise<number> {
    return this.#position;
  }

  async onChange(callback: () => void): Promise<{ stop(): Promise<void> }> {
    this.#listeners.add(callback);
    return {
      stop: async () => {
        this.#listeners.delete(callback);
      },
    };
  }

  /** Writes a message: the bot's when there is no author. */
  post(post: {
    channel: string;
    message?: Message;
    text?: string;
    author?: Person;
    threadRoot?: string | null;
    privateTo?: string | null;
    key?: string | null;
    at?: number;
  }): StoredMessage {
    const at = post.at ?? this.#clock();
    const stored: StoredMessage = {
      id: randomUUID(),
      platform: 'web',
      channel: post.channel,
      threadRoot: post.threadRoot ?? null,
      key: post.key ?? null,
      author: post.author === undefined ? { kind: 'bot' } : { kind: 'person', id: post.author.id, name: post.author.name },
      privateTo: post.privateTo ?? null,
      app: null,
      content: post.message === undefined ? { text: post.text ?? '' } : asJson(post.message),
      replies: 0,
      position: ++this.#position,
      createdAt: at,
      updatedAt: at,
    };
    this.messages.set(stored.id, stored);
    const root = stored.threadRoot === null ? undefined : this.messages.get(stored.threadRoot);
    if (root !== undefined) this.messages.set(root.id, { ...root, replies: root.replies + 1, position: ++this.#position });
    this.#changed();
    return stored;
  }

  edit(id: string, message: Message): void {
    const before = this.messages.get(id);
    if (before === undefined) throw new Error(`no message ${id}`);
    this.messages.set(id, { ...before, content: asJson(message), position: ++this.#position, updatedAt: this.#clock() });
    this.#changed();
  }

  /** The last message of a channel that satisfies the condition. */
  last(channel: string, is: (message: StoredMessage) => boolean = () => true): StoredMessage | null {
    return [...this.messages.values()].filter((message) => message.channel === channel && is(message)).at(-1) ?? null;
  }

  #seenBy(viewer: Person): StoredMessage[] {
    return [...this.messages.values()].filter((message) => message.privateTo === null || message.privateTo === viewer.id);
  }

  #reply(channel: string, person: Person, visibility: 'private' | 'public', message: Message): Reply {
    this.post({ channel, privateTo: visibility === 'private' ? person.id : null, message });
    return { kind: 'message', visibility, message };
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function note(text: string): Message {
  return { summary: text, tone: 'neutral', elements: [{ type: 'text', text, style: 'normal' }] };
}

/** A neutral message is plain data; this is the same value as the JSON column holds it. */
function asJson(message: Message): Json {
  return JSON.parse(JSON.stringify(message));
}

const HELP: Message = {
  summary: 'What Shipmate can do',
  tone: 'neutral',
  elements: [
    { type: 'header', text: 'What Shipmate can do' },
    { type: 'table', columns: ['Command', 'What it does'], rows: COMMANDS.map((command) => [command.usage, command.summary]) },
    { type: 'text', text: 'Type a slash to see them while you write.', style: 'quiet' },
  ],
};

const TOKEN_FORM: Form = {
  action: 'token-shown:k3f9',
  title: 'Token ci',
  submit: 'I have copied it',
  fields: [
    {
      type: 'input',
      name: 'token',
      label: 'Copy it now',
      placeholder: '',
      initial: 'shm_shown',
      optional: false,
      multiline: false,
      isSecret: true,
      isShownOnce: true,
    },
  ],
};

const SCALE_FORM: Form = {
  action: 'scale:form',
  title: 'Scale a service',
  submit: 'Scale',
  fields: [
    {
      type: 'select',
      name: 'service',
      label: 'Service',
      options: ['web', 'api', 'worker'].map((value) => ({ value, label: value })),
      initial: 'api',
      optional: false,
    },
    { type: 'input', name: 'replicas', label: 'Replicas', placeholder: 'a number', initial: '2', optional: false, multiline: false },
    { type: 'input', name: 'reason', label: 'Reason', placeholder: 'Why now?', initial: null, optional: true, multiline: true },
  ],
};

function deploying(app: string, environment: string, version: string, person: Person): Message {
  return {
    summary: `Deploying ${app} ${version} to ${environment}`,
    tone: 'progress',
    elements: [
      { type: 'header', text: `${app} ${version} → ${environment}` },
      { type: 'text', text: `Asked by ${person.name}`, style: 'quiet' },
      {
        type: 'steps',
        steps: [
          { label: 'Prepare', state: 'running', detail: null },
          { label: 'Promote', state: 'waiting', detail: null },
          { label: 'Verify', state: 'waiting', detail: null },
        ],
      },
      {
        type: 'buttons',
        buttons: [
          {
            action: 'cancel:1',
            label: 'Cancel',
            style: 'danger',
            confirm: { title: 'Cancel this deployment?', text: `${app} in ${environment} goes back.`, yes: 'Cancel it', no: 'Keep going' },
          },
        ],
      },
    ],
  };
}
