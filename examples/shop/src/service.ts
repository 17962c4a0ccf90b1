import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const VERSION = process.env['VERSION'] ?? 'unknown';
const PORT = 8080;
/** How long a stopping task goes on answering: longer than anyone keeps a resolved address. */
const DRAIN_MS = Number(process.env['DRAIN_MS'] ?? 1500);

export type Answer = { readonly status: number; readonly type?: string; readonly body: unknown };
export type Handler = (path: string, method: string, body: string) => Promise<Answer> | Answer;

/**
 * An HTTP service on port 8080 with `/healthz`, that stops without anyone noticing: after SIGTERM it answers on for a
 * while (the engine has already taken it out of the name service, but clients may still hold its address), tells clients
 * to close their connections, finishes what is in flight, and only then ends.
 */
export function serve(name: string, handler: Handler, isHealthy: () => boolean = () => true): void {
  let stopping = false;
  const server = createServer((request, response) => {
    if (stopping) response.setHeader('connection', 'close');
    answer(request, handler, isHealthy).then(
      (result) => send(response, result),
      (error: unknown) => {
        log(name, `cannot answer ${request.url}: ${describe(error)}`);
        send(response, { status: 502, body: { error: 'a service behind this one did not answer' } });
      },
    );
  });
  server.listen(PORT, () => log(name, `version ${VERSION} answers on port ${PORT}`));
  process.once('SIGTERM', async () => {
    stopping = true;
    log(name, `stopping in ${DRAIN_MS} ms`);
    await sleep(DRAIN_MS);
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}

async function answer(request: IncomingMessage, handler: Handler, isHealthy: () => boolean): Promise<Answer> {
  const path = request.url ?? '/';
  if (path === '/healthz') return isHealthy() ? { status: 200, body: { version: VERSION } } : { status: 503, body: { version: VERSION } };
  let body = '';
  for await (const chunk of request) body += chunk;
  return handler(path, request.method ?? 'GET', body);
}

function send(response: ServerResponse, { status, type = 'application/json', body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'x-version': VERSION });
  response.end(type === 'application/json' ? JSON.stringify(body) : String(body));
}

export function log(name: string, text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${name}: ${text}\n`);
}

/**
 * JSON from a neighbour. Once more when the connection broke: the task that held it may just have ended. Whoever is
 * further in front waits longer, so that a fallback further back still arrives in time.
 */
export async function fetchJson<T>(url: string, options: { method?: string; body?: string; timeoutMs?: number } = {}): Promise<T> {
  const { timeoutMs = 400, ...rest } = options;
  const request = () => fetch(url, { ...rest, signal: AbortSignal.timeout(timeoutMs) });
  const response = await request().catch(request);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

/** `fetch` hides the reason in `cause`. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
