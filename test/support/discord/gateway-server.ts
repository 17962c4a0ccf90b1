import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { PeerState } from './peer-state.ts';

/** Opcodes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes */
const OP = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, reconnect: 7, invalidSession: 9, hello: 10, ack: 11 } as const;
const GUILD_MESSAGES = 1 << 9;
const DIRECT_MESSAGES = 1 << 12;
const MESSAGE_CONTENT = 1 << 15;

type Session = { id: string; intents: number; sequence: number; events: { s: number; t: string; d: unknown }[]; socket: WebSocket | null };

/**
 * A gateway as https://docs.discord.com/developers/events/gateway describes it: hello, heartbeats and their acknowledgement, identify or
 * resume, numbered events that are sent again after a resume.
 */
export function createGatewayServer(server: Server, state: PeerState, heartbeatMs: number) {
  const sockets = new WebSocketServer({ server });
  const sessions = new Map<string, Session>();
  const seen = { connections: 0, identifies: 0, resumes: 0, heartbeats: 0, intents: 0 };
  let acknowledges = true;

  sockets.on('connection', (socket) => {
    seen.connections += 1;
    let session: Session | null = null;
    const send = (op: number, d: unknown = null) => socket.send(JSON.stringify({ op, d, s: null, t: null }));
    send(OP.hello, { heartbeat_interval: heartbeatMs });
    socket.on('message', (data) => {
      const { op, d } = JSON.parse(String(data)) as { op: number; d: Record<string, unknown> };
      if (op === OP.heartbeat) {
        seen.heartbeats += 1;
        if (acknowledges) send(OP.ack);
      } else if (op === OP.identify) {
        seen.identifies += 1;
        // "The account token sent with your identify payload is incorrect."
        if (d['token'] !== state.token) return socket.close(4004, 'Authentication failed.');
        session = identify(socket, Number(d['intents']));
      } else if (op === OP.resume) {
        session = resume(socket, d);
        if (session === null) send(OP.invalidSession, false);
      }
    });
    socket.on('close', () => {
      if (session !== null && session.socket === socket) session.socket = null;
    });
  });

  function identify(socket: WebSocket, intents: number): Session {
    seen.intents = intents;
    const session: Session = { id: randomUUID(), intents, sequence: 0, events: [], socket };
    sessions.set(session.id, session);
    const { port } = server.address() as { port: number };
    emit(session, 'READY', {
      v: 10,
      user: { id: state.botId, username: 'shipmate', discriminator: '0', bot: true },
      guilds: [],
      session_id: session.id,
      resume_gateway_url: `ws://127.0.0.1:${port}`,
      application: { id: state.applicationId, flags: 0 },
      shard: [0, 1],
    });
    return session;
  }

  function resume(socket: WebSocket, d: Record<string, unknown>): Session | null {
    const session = sessions.get(String(d['session_id']));
    if (session === undefined || d['token'] !== state.token) return null;
    seen.resumes += 1;
    session.socket = socket;
    for (const event of session.events.filter(({ s }) => s > Number(d['seq']))) socket.send(JSON.stringify({ op: OP.dispatch, ...event }));
    emit(session, 'RESUMED', {});
    return session;
  }

  function emit(session: Session, t: string, d: unknown): void {
    session.sequence += 1;
    const event = { s: session.sequence, t, d };
    session.events.push(event);
    session.socket?.send(JSON.stringify({ op: OP.dispatch, ...event }));
  }

  const open = () => [...sessions.values()].filter(({ socket }) => socket !== null);
  return {
    seen,
    isConnected: () => open().length > 0,
    /** An event for every session, also those that are away for the moment: they get it when they resume. */
    dispatch(t: string, d: unknown): void {
      for (const session of sessions.values()) emit(session, t, d);
    },
    /** A message as each session may see it: with the intent only, with its text only when it is meant for the bot. */
    dispatchMessage(message: {
      readonly content: string;
      readonly guild_id?: string;
      readonly mentions: readonly { readonly id: string }[];
    }): void {
      const isDirect = message.guild_id === undefined;
      for (const session of sessions.values()) {
        if ((session.intents & (isDirect ? DIRECT_MESSAGES : GUILD_MESSAGES)) === 0) continue;
        const isForBot = isDirect || message.mentions.some(({ id }) => id === state.botId);
        const isReadable = isForBot || (session.intents & MESSAGE_CONTENT) !== 0;
        emit(session, 'MESSAGE_CREATE', { ...message, content: isReadable ? message.content : '' });
      }
    },
    /** The same numbered event once more on the wire, as after a resume that overlaps. */
    repeatLast(): void {
      for (const { socket, events } of open()) {
        const last = events.at(-1);
        if (last !== undefined) socket?.send(JSON.stringify({ op: OP.dispatch, ...last }));
      }
    },
    askToReconnect(): void {
      for (const { socket } of open()) socket?.send(JSON.stringify({ op: OP.reconnect, d: null, s: null, t: null }));
    },
    invalidate(): void {
      for (const session of open()) {
        session.socket?.send(JSON.stringify({ op: OP.invalidSession, d: false, s: null, t: null }));
        sessions.delete(session.id);
      }
    },
    /** The line is cut without a goodbye. */
    cut(): void {
      for (const { socket } of open()) socket?.terminate();
    },
    acknowledgeHeartbeats(does: boolean): void {
      acknowledges = does;
    },
    async close(): Promise<void> {
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}
