import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { machineApi } from '../../../adapters/api/index.ts';
import { createHttpServer } from '../../../adapters/http/index.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { SILENT_LOGGER } from '../../support/builders-parts.ts';

const MOST = 5;

let server: FastifyInstance;
afterEach(() => server.close());

/** Nobody has a token here, and nothing is signed. `asked` counts what costs us a look into the database and an audit record. */
async function open() {
  const asked = { tokens: 0, hooks: 0 };
  server = createHttpServer({
    logger: SILENT_LOGGER,
    metrics: { contentType: 'text/plain', text: async () => '' },
    readiness: [],
    trustProxy: ['loopback'],
  });
  const api = {
    authenticate: async () => {
      asked.tokens += 1;
      return refusal('unknown_token', 'This token is not in force.');
    },
    receiveHook: async () => {
      asked.hooks += 1;
      return { kind: 'unsigned' } as const;
    },
  };
  await server.register(machineApi({ api, logger: SILENT_LOGGER, requestsPerMinute: MOST }));
  const statuses = async (request: { readonly method: 'GET' | 'POST'; readonly url: string }, address: string): Promise<number[]> => {
    const all: number[] = [];
    for (let count = 0; count < MOST + 2; count += 1) {
      const headers = { authorization: `Bearer shm_${count}`, 'x-forwarded-for': address };
      all.push((await server.inject({ ...request, headers })).statusCode);
    }
    return all;
  };
  return { asked, statuses };
}

const LIMITED = [...Array.from({ length: MOST }, () => 401), 429, 429];

describe('of one address', () => {
  it('only so many wrong tokens are looked at', async () => {
    const { asked, statuses } = await open();
    const request = { method: 'GET', url: '/api/v1/deployments?app=shop' } as const;
    expect(await statuses(request, '203.0.113.1')).toEqual(LIMITED);
    expect(asked.tokens).toBe(MOST);
    // Somebody else is not kept out by that.
    expect((await statuses(request, '203.0.113.2'))[0]).toBe(401);
  });

  it('only so many unsigned deliveries are looked at', async () => {
    const { asked, statuses } = await open();
    expect(await statuses({ method: 'POST', url: '/hooks/deploy/ci' }, '203.0.113.1')).toEqual(LIMITED);
    expect(asked.hooks).toBe(MOST);
  });
});
