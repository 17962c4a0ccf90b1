import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

type Envelope = { readonly type: 'events_api' | 'slash_commands' | 'interactive'; readonly payload: unknown };

/** Slack's end of Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode. */
export class SocketPeer {
  /** `payload` of the acknowledgement, by envelope. */
  readonly acknowledged = new Map<string, unknown>();
  /** How often a URL was asked for with `apps.connections.open`. */
  opened = 0;
  /** Set to have `apps.connections.open` fail. */
  refusesToOpen = false;
  readonly #server = new WebSocketServer({ noServer: true, autoPong: false });
  readonly #sockets = new Set<WebSocket>();
  readonly #tickets = new Set<string>();
  readonly #mute = new WeakSet<WebSocket>();

  constructor(http: Server) {
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** A URL is good for one connection: "the URL is temporary". */
  issueUrl(base: string): string {
    this.opened += 1;
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `${base.replace('http', 'ws')}/link/?ticket=${ticket}`;
  }

  get connections(): number {
    return [...this.#sockets].filter((socket) => !this.#mute.has(socket)).length;
  }

  /** Sends to the newest connection, as Slack chooses any one of them. The same envelope id again is the same delivery. */
  send({ type, payload }: Envelope, options: { envelopeId?: string; retry?: number } = {}): string {
    const envelope_id = options.envelopeId ?? randomUUID();
    const retry = options.retry === undefined ? {} : { retry_attempt: options.retry, retry_reason: 'timeout' };
    const socket = [...this.#sockets].at(-1);
    if (socket === undefined) throw new Error('nobody is connected');
    socket.send(JSON.stringify({ envelope_id, type, payload, accepts_response_payload: type !== 'events_api', ...retry }));
    return envelope_id;
  }

  /** "Disconnect … the connection is about to be refreshed", then Slack closes it. */
  refresh(reason: 'warning' | 'refresh_requested' = 'refresh_requested'): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'peer' } }));
  }

  /** As a router that forgot the connection: nothing more arrives and nothing is answered, but it stays open. */
  halfOpen(): void {
    for (const socket of this.#sockets) this.#mute.add(socket);
  }

  /** Cut without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '', 'ws://peer').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (connected) => this.#greet(connected));
  }

  #greet(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('ping', (data) => {
      if (!this.#mute.has(socket)) socket.pong(data);
    });
    socket.on('message', (data) => {
      if (this.#mute.has(socket)) return;
      const { envelope_id, payload } = JSON.parse(String(data));
      this.acknowledged.set(envelope_id, payload);
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#sockets.size,
        debug_info: { host: 'peer', approximate_connection_time: 3600 },
      }),
    );
  }
}
