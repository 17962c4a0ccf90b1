import { addChannel, newMessage, type PeerChannel, type PeerMessage, type PeerState, publicMessage, withIds } from './peer-state.ts';
import { type Problems, validateCommands, validateMessage, validateResponse, validateThread } from './validate-payload.ts';

export type PeerRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly authorization: string | undefined;
};
export type PeerAnswer = { readonly status: number; readonly body?: unknown };

type Params = readonly string[];
type Route = {
  readonly method: string;
  readonly pattern: RegExp;
  /** Routes with a token in their address need no other. */
  readonly isOpen?: boolean;
  readonly answer: (state: PeerState, params: Params, request: PeerRequest) => PeerAnswer;
};

const failed = (status: number, code: number, message: string): PeerAnswer => ({ status, body: { code, message } });
const ok = (body: unknown): PeerAnswer => ({ status: 200, body });

/** Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const unknownChannel = failed(404, 10003, 'Unknown Channel');
const unknownMessage = failed(404, 10008, 'Unknown Message');
const invalid = (problems: Problems): PeerAnswer => ({
  status: 400,
  body: {
    code: 50035,
    message: 'Invalid Form Body',
    errors: { _errors: problems.map((problem) => ({ code: 'INVALID', message: problem })) },
  },
});

const record = (body: unknown): Record<string, unknown> => (typeof body === 'object' && body !== null ? { ...body } : {});

function open(state: PeerState, id: string | undefined): PeerChannel | PeerAnswer {
  const channel = state.channels.get(id ?? '');
  if (channel === undefined) return unknownChannel;
  if (channel.barred === 'access') return failed(403, 50001, 'Missing Access');
  return channel;
}

const isAnswer = (value: PeerChannel | PeerAnswer): value is PeerAnswer => 'status' in value;

/** "The past few minutes": https://docs.discord.com/developers/resources/message#create-message, `enforce_nonce`. */
const NONCE_MS = 3 * 60_000;

function createMessage(state: PeerState, [id]: Params, { body }: PeerRequest): PeerAnswer {
  const channel = open(state, id);
  if (isAnswer(channel)) return channel;
  if (channel.barred === 'permission') return failed(403, 50013, 'Missing Permissions');
  if (channel.type === 11 && channel.locked) return failed(400, 50083, 'Thread is archived');
  const problems = validateMessage(body, 'create');
  if (problems.length > 0) return invalid(problems);
  const sent = record(body);
  const nonce = String(sent['nonce'] ?? '');
  const earlier = sent['enforce_nonce'] === true ? channel.nonces.get(nonce) : undefined;
  if (earlier !== undefined && Date.now() - earlier.createdAt < NONCE_MS) return ok({ ...publicMessage(earlier), nonce });
  // "Sending a message will automatically unarchive the thread": https://docs.discord.com/developers/topics/threads
  channel.archived = false;
  const message = newMessage(state, channel.id, sent);
  channel.messages.push(message);
  channel.nonces.set(nonce, message);
  return ok({ ...publicMessage(message), nonce });
}

function editMessage(state: PeerState, [id, messageId]: Params, { body }: PeerRequest): PeerAnswer {
  const channel = open(state, id);
  if (isAnswer(channel)) return channel;
  const message = channel.messages.find((candidate) => candidate.id === messageId);
  if (message === undefined) return unknownMessage;
  if (channel.archived) return failed(400, 50083, 'Thread is archived');
  // With the status of a rate limit, as client libraries report it.
  if (message.isOld) return failed(429, 30046, 'Maximum number of edits to messages older than 1 hour reached. Try again later');
  const problems = validateMessage(body, 'edit');
  if (problems.length > 0) return invalid(problems);
  apply(message, body);
  return ok(publicMessage(message));
}

function apply(message: PeerMessage, body: unknown): void {
  const sent = record(body);
  if (sent['components'] !== undefined) message.components = withIds(sent['components']);
  if (sent['flags'] !== undefined) message.flags = Number(sent['flags']) | (message.flags & 64);
  message.isLoading = false;
  message.edits += 1;
}

function listMessages(state: PeerState, [id]: Params, { query }: PeerRequest): PeerAnswer {
  const channel = open(state, id);
  if (isAnswer(channel)) return channel;
  const limit = Number(query.get('limit') ?? 50);
  if (!(limit >= 1 && limit <= 100)) return invalid(['limit: not 1 to 100']);
  const before = query.get('before');
  const older = channel.messages.filter((message) => before === null || BigInt(message.id) < BigInt(before));
  return ok(older.toReversed().slice(0, limit).map(publicMessage));
}

/** https://docs.discord.com/developers/resources/channel#start-thread-from-message: the thread has the message's id. */
function startThread(state: PeerState, [id, messageId = '']: Params, { body }: PeerRequest): PeerAnswer {
  const channel = open(state, id);
  if (isAnswer(channel)) return channel;
  if (channel.type === 1) return failed(400, 50003, 'Cannot execute action on a DM channel');
  if (channel.type !== 0) return failed(400, 50024, 'Cannot execute action on this channel type');
  if (!channel.messages.some((message) => message.id === messageId)) return unknownMessage;
  if (state.channels.has(messageId)) return failed(400, 160004, 'A thread has already been created for this message');
  const problems = validateThread(body);
  if (problems.length > 0) return invalid(problems);
  return { status: 201, body: { id: addChannel(state, 11, messageId, String(record(body)['name'])).id, type: 11 } };
}

/** https://docs.discord.com/developers/resources/guild#get-guild-member */
function member(state: PeerState, [guild, id = '']: Params): PeerAnswer {
  if (guild !== state.guildId) return failed(404, 10004, 'Unknown Guild');
  const roles = state.members.get(id);
  return roles === undefined ? failed(404, 10007, 'Unknown Member') : ok({ user: { id, username: id }, roles });
}

/** https://docs.discord.com/developers/resources/guild#list-guild-members */
function listMembers(state: PeerState, [guild]: Params, { query }: PeerRequest): PeerAnswer {
  if (guild !== state.guildId) return failed(404, 10004, 'Unknown Guild');
  if (!state.listsMembers) return failed(403, 50001, 'Missing Access');
  const limit = Number(query.get('limit') ?? 1);
  return ok([...state.members].slice(0, limit).map(([id, roles]) => ({ user: { id, username: id }, roles })));
}

/** https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response */
export function acknowledge(state: PeerState, id: string, token: string, body: unknown): PeerAnswer {
  const interaction = state.interactions.get(token);
  if (interaction === undefined || interaction.id !== id || Date.now() - interaction.createdAt > 3000) {
    return failed(404, 10062, 'Unknown interaction');
  }
  if (interaction.response !== null) return failed(400, 40060, 'Interaction has already been acknowledged');
  const problems = validateResponse(body);
  if (problems.length > 0) return invalid(problems);
  interaction.response = record(body);
  const data = record(interaction.response['data']);
  const type = Number(interaction.response['type']);
  if (type === 4 || type === 5) {
    interaction.original = newMessage(state, '0', data);
    interaction.original.isLoading = type === 5;
  }
  if (type === 6 || type === 7) interaction.original = interaction.clicked;
  if (type === 7 && interaction.clicked !== null) apply(interaction.clicked, data);
  return { status: 204 };
}

/** https://docs.discord.com/developers/interactions/receiving-and-responding#edit-original-interaction-response, 15 minutes long. */
function original(state: PeerState, [, token = '']: Params, request: PeerRequest): PeerAnswer {
  const interaction = state.interactions.get(decodeURIComponent(token));
  if (interaction === undefined || interaction.response === null) return failed(404, 10015, 'Unknown Webhook');
  if (Date.now() - interaction.createdAt > 15 * 60_000) return failed(401, 50027, 'Invalid Webhook Token');
  if (interaction.original === null) return unknownMessage;
  if (request.method === 'DELETE') {
    interaction.original = null;
    return { status: 204 };
  }
  const problems = validateMessage(request.body, 'webhook');
  if (problems.length > 0) return invalid(problems);
  apply(interaction.original, request.body);
  return ok(publicMessage(interaction.original));
}

/** https://docs.discord.com/developers/interactions/receiving-and-responding#create-followup-message */
function followUp(state: PeerState, [, token = '']: Params, { body }: PeerRequest): PeerAnswer {
  const interaction = state.interactions.get(decodeURIComponent(token));
  if (interaction === undefined || interaction.response === null) return failed(404, 10015, 'Unknown Webhook');
  if (Date.now() - interaction.createdAt > 15 * 60_000) return failed(401, 50027, 'Invalid Webhook Token');
  const problems = validateMessage(body, 'callback');
  if (problems.length > 0) return invalid(problems);
  const message = newMessage(state, '0', record(body));
  interaction.followUps.push(message);
  return ok(publicMessage(message));
}

function directChannel(state: PeerState, _params: Params, { body }: PeerRequest): PeerAnswer {
  const person = String(record(body)['recipient_id']);
  if (!/^\d{17,20}$/.test(person)) return invalid(['recipient_id']);
  const known = [...state.channels.values()].find(({ type, name }) => type === 1 && name === person);
  return ok({ id: (known ?? addChannel(state, 1, undefined, person)).id, type: 1 });
}

/** Discord answers with ids and its defaults, and leaves out what is false. */
function putCommands(state: PeerState, [id]: Params, { body }: PeerRequest): PeerAnswer {
  if (id !== state.applicationId) return failed(404, 10002, 'Unknown Application');
  const problems = validateCommands(body);
  if (problems.length > 0) return invalid(problems);
  state.commandWrites += 1;
  state.commands = (body as Record<string, unknown>[]).map((command, index) => ({
    ...command,
    id: String(1000 + index),
    application_id: state.applicationId,
    version: '1',
    default_member_permissions: null,
    nsfw: false,
    options: ((command['options'] ?? []) as Record<string, unknown>[]).map((option) =>
      Object.fromEntries(Object.entries(option).filter(([, value]) => value !== false)),
    ),
  }));
  return ok(state.commands.toReversed());
}

export const ROUTES: readonly Route[] = [
  { method: 'GET', pattern: /^\/users\/@me$/, answer: (state) => ok({ id: state.botId, username: 'shipmate', bot: true }) },
  { method: 'POST', pattern: /^\/users\/@me\/channels$/, answer: directChannel },
  { method: 'GET', pattern: /^\/users\/@me\/guilds$/, answer: (state) => ok([{ id: state.guildId, name: 'Acme' }]) },
  { method: 'GET', pattern: /^\/guilds\/(\d+)\/members\/(\d+)$/, answer: member },
  { method: 'GET', pattern: /^\/guilds\/(\d+)\/members$/, answer: listMembers },
  { method: 'POST', pattern: /^\/channels\/(\d+)\/messages$/, answer: createMessage },
  { method: 'GET', pattern: /^\/channels\/(\d+)\/messages$/, answer: listMessages },
  {
    method: 'GET',
    pattern: /^\/channels\/(\d+)\/messages\/(\d+)$/,
    answer: (state, [id, messageId]) => {
      const found = state.channels.get(id ?? '')?.messages.find((message) => message.id === messageId);
      return found === undefined ? unknownMessage : ok(publicMessage(found));
    },
  },
  { method: 'PATCH', pattern: /^\/channels\/(\d+)\/messages\/(\d+)$/, answer: editMessage },
  { method: 'POST', pattern: /^\/channels\/(\d+)\/messages\/(\d+)\/threads$/, answer: startThread },
  {
    method: 'PATCH',
    pattern: /^\/channels\/(\d+)$/,
    answer: (state, [id]) => {
      const channel = open(state, id);
      if (isAnswer(channel)) return channel;
      if (channel.locked) return failed(403, 50013, 'Missing Permissions');
      channel.archived = false;
      return ok({ id: channel.id });
    },
  },
  {
    method: 'POST',
    pattern: /^\/interactions\/(\d+)\/([^/]+)\/callback$/,
    isOpen: true,
    answer: (state, [id = '', token = ''], { body }) => acknowledge(state, id, decodeURIComponent(token), body),
  },
  { method: 'PATCH', pattern: /^\/webhooks\/(\d+)\/([^/]+)\/messages\/@original$/, isOpen: true, answer: original },
  { method: 'DELETE', pattern: /^\/webhooks\/(\d+)\/([^/]+)\/messages\/@original$/, isOpen: true, answer: original },
  { method: 'POST', pattern: /^\/webhooks\/(\d+)\/([^/]+)$/, isOpen: true, answer: followUp },
  { method: 'GET', pattern: /^\/applications\/(\d+)\/commands$/, answer: (state) => ok(state.commands) },
  { method: 'PUT', pattern: /^\/applications\/(\d+)\/commands$/, answer: putCommands },
];
