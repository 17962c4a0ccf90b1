import { expect, it } from 'vitest';
import { createProcessServer } from '../../../src/cli/process-health.ts';
import { SILENT_LOGGER } from '../../support/builders-parts.ts';

it('the server of every process believes the proxies of its settings, and no others', async () => {
  const parts = { logger: SILENT_LOGGER, metrics: { contentType: 'text/plain' } } as Parameters<typeof createProcessServer>[0];
  const server = createProcessServer(parts, { proxies: ['10.0.0.0/8'] });
  server.get('/who', async ({ ip }) => ip);
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  expect((await server.inject({ url: '/who', headers, remoteAddress: '10.1.2.3' })).body).toBe('203.0.113.9');
  expect((await server.inject({ url: '/who', headers, remoteAddress: '192.0.2.1' })).body).toBe('192.0.2.1');
  await server.close();
});
