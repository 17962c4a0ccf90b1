import { snowflake } from './snowflakes.ts';

/** What Discord keeps, as far as the adapter can see it. */
export type StoredComponent = Record<string, unknown> & { type: number; id?: number; components?: StoredComponent[] };

export type PeerMessage = {
  id: string;
  channel_id: string;
  author: { id: string; username: string; bot: boolean };
  flags: number;
  content: string;
  components: StoredComponent[];
  edits: number;
  nonce: string | null;
  createdAt: number;
  /** A message older than an hour takes only so many edits: then 30046. */
  isOld: boolean;
  isLoading: boolean;
};

export type PeerChannel = {
  id: string;
  /** 0 text, 1 direct, 11 public thread: https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
  type: number;
  name: string;
  archived: boolean;
  locked: boolean;
  /** The bot may not see it (50001), or may not write there (50013). */
  barred: 'access' | 'permission' | null;
  messages: PeerMessage[];
  /** Messages by their nonce. Whether a deleted one is forgotten is not documented: the worse is assumed. */
  nonces: Map<string, PeerMessage>;
};

export type PeerInteraction = {
  id: string;
  token: string;
  createdAt: number;
  /** The first response, once it came. */
  response: Record<string, unknown> | null;
  /** What `@original` names: the response's own message, or the clicked one after type 6 and 7. */
  original: PeerMessage | null;
  clicked: PeerMessage | null;
  /** Further messages for the person, after the response. */
  followUps: PeerMessage[];
};

export type PeerState = {
  readonly applicationId: string;
  readonly botId: string;
  readonly guildId: string;
  readonly token: string;
  /** Roles by member, of the one server that the bot is in. */
  readonly members: Map<string, readonly string[]>;
  /** The application has the privileged intent for members. */
  listsMembers: boolean;
  readonly channels: Map<string, PeerChannel>;
  readonly interactions: Map<string, PeerInteraction>;
  commands: unknown[];
  commandWrites: number;
};

export function createPeerState(): PeerState {
  const botId = snowflake();
  return {
    applicationId: botId,
    botId,
    guildId: snowflake(),
    token: `${Buffer.from(botId).toString('base64url')}.peer.secret-of-the-bot`,
    members: new Map(),
    listsMembers: false,
    channels: new Map(),
    interactions: new Map(),
    commands: [],
    commandWrites: 0,
  };
}

export function addChannel(state: PeerState, type: number, id: string = snowflake(), name = 'deployments'): PeerChannel {
  const channel: PeerChannel = { id, type, name, archived: false, locked: false, barred: null, messages: [], nonces: new Map() };
  state.channels.set(id, channel);
  return channel;
}

export function newMessage(state: PeerState, channelId: string, body: Record<string, unknown>): PeerMessage {
  return {
    id: snowflake(),
    channel_id: channelId,
    author: { id: state.botId, username: 'shipmate', bot: true },
    flags: Number(body['flags'] ?? 0),
    content: String(body['content'] ?? ''),
    components: withIds(body['components']),
    edits: 0,
    nonce: typeof body['nonce'] === 'string' ? body['nonce'] : null,
    createdAt: Date.now(),
    isOld: false,
    isLoading: false,
  };
}

/** "Generated sequentially if left empty": https://docs.discord.com/developers/components/reference#anatomy-of-a-component */
export function withIds(components: unknown): StoredComponent[] {
  const copy = structuredClone(Array.isArray(components) ? components : []) as StoredComponent[];
  const all = flat(copy);
  const used = new Set(all.flatMap(({ id }) => (id === undefined || id === 0 ? [] : [id])));
  let next = 1;
  for (const component of all) {
    if (component.id !== undefined && component.id !== 0) continue;
    while (used.has(next)) next += 1;
    component.id = next;
    used.add(next);
  }
  return copy;
}

export function flat(components: readonly StoredComponent[]): readonly StoredComponent[] {
  return components.flatMap((component) => [component, ...flat(component.components ?? [])]);
}

/** As it is read later: the nonce is only in the answer to its creation and in the gateway's event. */
export function publicMessage({ id, channel_id, author, flags, content, components, createdAt }: PeerMessage) {
  return {
    id,
    channel_id,
    author,
    flags,
    content,
    components,
    type: 0,
    timestamp: new Date(createdAt).toISOString(),
    attachments: [],
    embeds: [],
  };
}

/** The texts a reader sees, in order. */
export function textsOf(message: Pick<PeerMessage, 'components'>): readonly string[] {
  return flat(message.components).flatMap(({ content }) => (typeof content === 'string' ? [content] : []));
}
