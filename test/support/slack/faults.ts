import type { ServerResponse } from 'node:http';

/** What a request to the peer can meet. `after`: it is applied first, and the answer then goes wrong. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly after?: boolean }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'rate_limited'; readonly retryAfter: string | null }
  /** Slack's own wording for an answer that never comes. */
  | { readonly kind: 'silence'; readonly after?: boolean }
  | { readonly kind: 'reset'; readonly after?: boolean }
  | { readonly kind: 'text'; readonly text: string; readonly after?: boolean };

export function isAppliedFirst(fault: Fault): boolean {
  return 'after' in fault && fault.after === true;
}

export function answerWith(fault: Fault, response: ServerResponse): void {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html>upstream</html>');
      return;
    case 'code':
      sendJson(response, { ok: false, error: fault.code });
      return;
    case 'rate_limited':
      sendRateLimit(response, fault.retryAfter);
      return;
    case 'silence':
      return;
    case 'reset':
      response.destroy();
      return;
    case 'text':
      response.writeHead(200, { 'content-type': 'text/plain' }).end(fault.text);
      return;
  }
}

/** HTTP 429 with `Retry-After` in seconds: https://docs.slack.dev/apis/web-api/rate-limits. */
export function sendRateLimit(response: ServerResponse, retryAfter: string | null): void {
  const headers = { 'content-type': 'application/json', ...(retryAfter === null ? {} : { 'retry-after': retryAfter }) };
  response.writeHead(429, headers).end(JSON.stringify({ ok: false, error: 'ratelimited' }));
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
