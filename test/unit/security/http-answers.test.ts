import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../../adapters/http/index.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { FakeChat } from '../../support/fake-chat.ts';
import { serveChat } from '../../support/serve-chat.ts';

const silent = (): undefined => undefined;
const LOGGER: Logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => LOGGER };

let server: FastifyInstance | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

function open(trustProxy: false | string[] = false): FastifyInstance {
  const opened = createHttpServer({
    logger: LOGGER,
    metrics: { contentType: 'text/plain; charset=utf-8', text: async () => '# nothing measured' },
    readiness: [],
    trustProxy,
  });
  opened.get('/who', async (request) => ({ ip: request.ip, protocol: request.protocol }));
  opened.get('/breaks', async () => {
    throw new Error('connect ECONNREFUSED postgres://shipmate:hunter2@db.internal');
  });
  opened.post('/takes', async () => ({}));
  server = opened;
  return opened;
}

describe('every answer', () => {
  it.each([
    ['a good one', { method: 'GET', url: '/who' }],
    ['health', { method: 'GET', url: '/healthz' }],
    ['metrics', { method: 'GET', url: '/metrics' }],
    ['nothing there', { method: 'GET', url: '/nothing' }],
    ['a fault', { method: 'GET', url: '/breaks' }],
    ['a body that is no JSON', { method: 'POST', url: '/takes', headers: { 'content-type': 'application/json' }, payload: '{' }],
  ] as const)('stays inert in a browser: %s', async (_, request) => {
    const { headers } = await open().inject(request);
    const policy = String(headers['content-security-policy']);
    for (const directive of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'"]) {
      expect(policy).toContain(directive);
    }
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['content-type']).toMatch(/; charset=utf-8$/);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('says nothing of what broke inside', async () => {
    const answer = await open().inject({ method: 'GET', url: '/breaks' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/hunter2|db\.internal|postgres|ECONNREFUSED|at .*\.ts/);
    expect(answer.json()).toMatchObject({ error: { code: 'internal' } });
  });

  it('is none to TRACE, and none to a body that is too long', async () => {
    const opened = open();
    expect((await opened.inject({ method: 'TRACE' as 'GET', url: '/who' })).statusCode).toBeGreaterThanOrEqual(400);
    const long = { method: 'POST', url: '/takes', payload: { text: 'x'.repeat(70_000) } } as const;
    expect((await opened.inject(long)).statusCode).toBe(413);
  });

  it('of the chat and of health is kept by no browser', async () => {
    const opened = open();
    for (const url of ['/healthz', '/readyz', '/metrics']) expect((await opened.inject({ url })).headers['cache-control']).toBe('no-store');
    const served = await serveChat(new FakeChat());
    try {
      for (const path of ['/session', '/channels', '/channels/deployments/messages']) {
        const answer = await fetch(`${served.url}/api/v1/chat${path}`);
        expect(answer.headers.get('cache-control'), path).toBe('no-store');
      }
    } finally {
      await served.close();
    }
  });
});

describe('what a proxy says', () => {
  const claimed = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' };

  it('counts for nothing as long as no proxy is trusted', async () => {
    const answer = await open().inject({ method: 'GET', url: '/who', headers: claimed });
    expect(answer.json()).toEqual({ ip: '127.0.0.1', protocol: 'http' });
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
  });

  it('counts for nothing from anybody else than the trusted one', async () => {
    const answer = await open(['10.0.0.0/8']).inject({ method: 'GET', url: '/who', headers: claimed });
    expect(answer.json()).toEqual({ ip: '127.0.0.1', protocol: 'http' });
    // What a client claims stands left of what the proxy has seen.
    const forged = { ...claimed, 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
    const seen = await server?.inject({ method: 'GET', url: '/who', headers: forged, remoteAddress: '10.1.2.3' });
    expect(seen?.json()).toEqual({ ip: '203.0.113.9', protocol: 'https' });
  });

  it('of a trusted one makes browsers stay with TLS for a year', async () => {
    const answer = await open(['loopback']).inject({ method: 'GET', url: '/who', headers: claimed });
    expect(answer.json()).toEqual({ ip: '203.0.113.9', protocol: 'https' });
    expect(answer.headers['strict-transport-security']).toContain('max-age=31536000');
  });
});
