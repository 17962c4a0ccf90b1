import type { ImageReference } from './image-reference.ts';

/** Whoever types waits for it: a registry that does not answer soon is left out. Over all of its pages. */
const TIMEOUT_MS = 1_000;
const KEPT_MS = 60_000;
/** Repositories whose tags are kept. */
const KEPT = 100;
const PAGE = 1_000;
const MOST_PAGES = 10;

type Kept = { readonly at: number; readonly tags: Promise<readonly string[]> };

/**
 * A registry's own list of a repository's tags, asked without an account and kept for a minute, an empty answer as well.
 * `GET /v2/<name>/tags/list` with its pages: https://distribution.github.io/distribution/spec/api/#listing-image-tags
 */
export class RegistryTags {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** In the registry's order; empty when it cannot be had. Never rejects. */
  of({ registry, repository }: ImageReference): Promise<readonly string[]> {
    const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
    const key = `${host}/${repository}`;
    const now = this.#now();
    const kept = this.#kept.get(key);
    if (kept !== undefined && now - kept.at < KEPT_MS) return kept.tags;
    const tags = readTags(host, repository);
    this.#kept.delete(key);
    this.#kept.set(key, { at: now, tags });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return tags;
  }
}

async function readTags(host: string, repository: string): Promise<readonly string[]> {
  const tags: string[] = [];
  try {
    const origin = `${isLoopback(host) ? 'http' : 'https'}://${host}`;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let headers: Record<string, string> = {};
    let next: URL | null = new URL(`/v2/${repository}/tags/list?n=${PAGE}`, origin);
    for (let page = 0; next !== null && page < MOST_PAGES; page += 1) {
      let response = await fetch(next, { signal, headers, redirect: 'error' });
      if (response.status === 401 && page === 0) {
        const token = await anonymousToken(response.headers.get('www-authenticate') ?? '', isLoopback(host), signal);
        if (token === null) return [];
        headers = { authorization: `Bearer ${token}` };
        response = await fetch(next, { signal, headers, redirect: 'error' });
      }
      if (!response.ok) break;
      tags.push(...tagsIn(await response.json()));
      next = nextPage(response.headers.get('link'), next);
    }
  } catch {
    // Unreachable, too slow, or not a registry: what was read until then is what there is.
  }
  return tags;
}

/** The engine, too, speaks plain HTTP to registries on loopback only. */
function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
}

/** `Link: </v2/shop/web/tags/list?last=1.9&n=1000>; rel="next"` (RFC 5988), never to another host. */
function nextPage(link: string | null, current: URL): URL | null {
  const [, target] = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(link ?? '') ?? [];
  if (target === undefined || !URL.canParse(target, current)) return null;
  const next = new URL(target, current);
  return next.origin === current.origin ? next : null;
}

/** Of the authorization server that the registry names: https://distribution.github.io/distribution/spec/auth/token/ */
async function anonymousToken(challenge: string, mayBePlain: boolean, signal: AbortSignal): Promise<string | null> {
  const parameters = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
  const { realm, service, scope } = parameters;
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) return null;
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !(mayBePlain && isLoopback(url.host))) return null;
  if (service !== undefined) url.searchParams.set('service', service);
  if (scope !== undefined) url.searchParams.set('scope', scope);
  const response = await fetch(url, { signal, redirect: 'error' });
  return response.ok ? tokenIn(await response.json()) : null;
}

/** Some servers call it `access_token`, as OAuth does. */
function tokenIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  if ('token' in body && typeof body.token === 'string') return body.token;
  return 'access_token' in body && typeof body.access_token === 'string' ? body.access_token : null;
}

/** An empty repository's list is null. */
function tagsIn(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null || !('tags' in body) || !Array.isArray(body.tags)) return [];
  const tags: readonly unknown[] = body.tags;
  return tags.filter((tag) => typeof tag === 'string');
}
