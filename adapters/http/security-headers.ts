import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * What every answer carries unless a route set its own. The default policy lets nothing run or load: an API answer
 * that a browser is tricked into showing as a page stays inert. Pages override `content-security-policy` only.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
};

export function addSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!reply.hasHeader(name)) reply.header(name, value);
  }
  // Only where the person really came over TLS; a plain local address must stay reachable.
  if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
  reply.header('x-request-id', request.id);
}
