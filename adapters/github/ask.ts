import type { UnknownHistory } from '../../src/ports/source-history.ts';

const TIMEOUT_MS = 2_000;
/** 250 commits and the patches of 300 files, which the first page has as well, stay far below. */
const MOST_BYTES = 4 * 1024 * 1024;
/** A repository that was renamed answers with its new place once. */
const MOST_REDIRECTS = 2;

export type Asked = { readonly ok: true; readonly body: unknown } | Unanswered;
/** `restMs`: leave the whole host alone for so long. */
export type Unanswered = { readonly ok: false; readonly because: UnknownHistory; readonly restMs: number };

/**
 * One question to GitHub's REST API. Never rejects. Stays on the address's own origin, so that neither the question nor the token
 * goes to whoever a redirect names: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export async function ask(url: URL, token: string | null): Promise<Asked> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let at = url;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const response = await fetch(at, { signal, redirect: 'manual', headers: headersWith(token) });
      const next = redirectOf(response, at);
      if (next === null) return await read(response);
      await response.body?.cancel();
      if (next.origin !== url.origin) return no('other_host');
      at = next;
    }
    return no('malformed');
  } catch {
    // No connection, no answer in time, or one that broke off; what was thrown may quote the token's header.
    return no('unreachable');
  }
}

function headersWith(token: string | null): Record<string, string> {
  return {
    accept: 'application/vnd.github+json',
    'user-agent': 'shipmate',
    'x-github-api-version': '2022-11-28',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
}

function redirectOf(response: Response, from: URL): URL | null {
  const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
  return location === null || !URL.canParse(location, from) ? null : new URL(location, from);
}

async function read(response: Response): Promise<Asked> {
  if (!response.ok) {
    await response.body?.cancel();
    return refused(response);
  }
  const text = await readAtMost(response, MOST_BYTES);
  if (text === null) return no('too_large');
  try {
    return { ok: true, body: JSON.parse(text) };
  } catch {
    return no('malformed');
  }
}

async function readAtMost({ body }: Response, most: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body: the rest is not fetched.
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const LONGEST_REST_MS = 3_600_000;

/**
 * 403 and 429 with nothing left, or with a time to wait, are limits; a private repository is not found by whoever may not see it:
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function refused({ status, headers }: Response): Unanswered {
  const retryAfter = headers.get('retry-after');
  if (status === 429 || (status === 403 && (retryAfter !== null || headers.get('x-ratelimit-remaining') === '0'))) {
    const untilReset = Number(headers.get('x-ratelimit-reset')) * 1000 - Date.now();
    const wished = retryAfter === null ? untilReset : Number(retryAfter) * 1000;
    return no('busy', Math.min(Math.max(Number.isFinite(wished) ? wished : 0, 60_000), LONGEST_REST_MS));
  }
  if (status === 401 || status === 403) return no('not_allowed');
  if (status === 404 || status === 422) return no('not_found');
  return no(status >= 500 ? 'unreachable' : 'malformed');
}

function no(because: UnknownHistory, restMs = 0): Unanswered {
  return { ok: false, because, restMs };
}
