import type { ImageReference } from './image-reference.ts';

/** A registry that does not answer soon is left out of completion. */
const TIMEOUT_MS = 3_000;
const MAX_TAGS = 1_000;

/** The registry's own list (Distribution API, `GET /v2/<name>/tags/list`), with an anonymous token where it asks for one. Empty when it cannot be had. */
export async function registryTags(image: ImageReference): Promise<readonly string[]> {
  const host = image.registry === 'docker.io' ? 'registry-1.docker.io' : image.registry;
  const url = `${isLoopback(host) ? 'http' : 'https'}://${host}/v2/${image.repository}/tags/list?n=${MAX_TAGS}`;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    let response = await fetch(url, { signal });
    if (response.status === 401) {
      const token = await anonymousToken(response.headers.get('www-authenticate') ?? '', signal);
      if (token === null) return [];
      response = await fetch(url, { signal, headers: { authorization: `Bearer ${token}` } });
    }
    if (!response.ok) return [];
    const body: unknown = await response.json();
    return tagsIn(body);
  } catch {
    // Unreachable, or not a registry: the local tags are what there is.
    return [];
  }
}

/** The engine, too, speaks plain HTTP to registries on loopback only. */
function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
}

async function anonymousToken(challenge: string, signal: AbortSignal): Promise<string | null> {
  const parameters = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
  const { realm, service, scope } = parameters;
  if (!challenge.startsWith('Bearer ') || realm === undefined || !realm.startsWith('https://')) return null;
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  if (scope !== undefined) url.searchParams.set('scope', scope);
  const response = await fetch(url, { signal });
  if (!response.ok) return null;
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string' ? body.token : null;
}

function tagsIn(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null || !('tags' in body) || !Array.isArray(body.tags)) return [];
  const tags: readonly unknown[] = body.tags;
  return tags.filter((tag) => typeof tag === 'string');
}
