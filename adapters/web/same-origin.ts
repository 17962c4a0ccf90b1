import { isIP } from 'node:net';

export type RequestOrigin = {
  readonly method: string;
  /** As the browser sees it, proxies considered: `host[:port]`. */
  readonly host: string;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
};

/**
 * Did this request come from our own page? The cookie is SameSite=Strict already; this is the second wall, and it also
 * holds for sibling subdomains, which count as the same site. A writing request without any sign of its origin is refused.
 */
export function isSameOrigin(request: RequestOrigin): boolean {
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (request.origin !== undefined && request.origin !== 'null') return hostOf(request.origin) === request.host.toLowerCase();
  if (request.origin === 'null') return false;
  if (request.fetchSite !== undefined) return request.fetchSite === 'same-origin' || (isReading && request.fetchSite === 'none');
  return isReading;
}

/**
 * In development mode anyone who reaches the page chooses who to be, so a foreign page must not reach it by pointing
 * its own name at this address (DNS rebinding). Addresses and `localhost` cannot be pointed elsewhere.
 */
export function isLocalHost(host: string, publicUrl: string | null): boolean {
  if (publicUrl !== null && hostOf(publicUrl) === host.toLowerCase()) return true;
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0;
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host.toLowerCase() : null;
}
