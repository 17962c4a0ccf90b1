import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseImageReference } from '../../../adapters/swarm/image-reference.ts';
import { RegistryTags } from '../../../adapters/swarm/registry-tags.ts';

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** A registry as the Distribution specification has it; `asked` has the requests in order. */
async function aRegistry(answer: (request: IncomingMessage, response: ServerResponse, address: string) => void) {
  const asked: string[] = [];
  let address = '';
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response, address);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port }: AddressInfo = Object.assign({ port: 0, family: '', address: '' }, server.address());
  address = `127.0.0.1:${port}`;
  return { asked, image: parseImageReference(`${address}/shop/web:1`) };
}

function json(response: ServerResponse, body: unknown, headers: Record<string, string> = {}, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

describe('the tags of a registry', () => {
  it('are read page by page', async () => {
    const { asked, image } = await aRegistry((request, response) => {
      const isFirst = !(request.url ?? '').includes('last=');
      const link = { link: '</v2/shop/web/tags/list?last=1.1&n=1000>; rel="next"' };
      json(response, { name: 'shop/web', tags: isFirst ? ['1.0', '1.1'] : ['1.2'] }, isFirst ? link : {});
    });
    expect(await new RegistryTags().of(image)).toEqual(['1.0', '1.1', '1.2']);
    expect(asked).toEqual(['/v2/shop/web/tags/list?n=1000', '/v2/shop/web/tags/list?last=1.1&n=1000']);
  });

  it('are not looked for on another host, whatever the link says', async () => {
    const { asked, image } = await aRegistry((_request, response) =>
      json(response, { tags: ['1.0'] }, { link: '<https://elsewhere.example/v2/shop/web/tags/list>; rel="next"' }),
    );
    expect(await new RegistryTags().of(image)).toEqual(['1.0']);
    expect(asked).toHaveLength(1);
  });

  it('are asked for with the token of the server that the registry names', async () => {
    const { asked, image } = await aRegistry((request, response, address) => {
      if (request.url?.startsWith('/token') === true) return json(response, { access_token: 'anyone' });
      if (request.headers.authorization === 'Bearer anyone') return json(response, { tags: ['1.0'] });
      const challenge = `Bearer realm="http://${address}/token",service="registry",scope="repository:shop/web:pull"`;
      return json(response, {}, { 'www-authenticate': challenge }, 401);
    });
    expect(await new RegistryTags().of(image)).toEqual(['1.0']);
    expect(asked[1]).toBe('/token?service=registry&scope=repository%3Ashop%2Fweb%3Apull');
  });

  it.each([
    ['wants an account', 401, { 'www-authenticate': 'Basic realm="x"' }, {}],
    ['names a server without encryption', 401, { 'www-authenticate': 'Bearer realm="http://elsewhere.example/token"' }, {}],
    ['does not know the repository', 404, {}, { errors: [] }],
    ['has an empty repository', 200, {}, { name: 'shop/web', tags: null }],
    ['is no registry', 200, {}, ['1.0']],
  ])('are none when it %s', async (_what, status, headers, body) => {
    const { image } = await aRegistry((_request, response) => json(response, body, headers, status));
    expect(await new RegistryTags().of(image)).toEqual([]);
  });

  it('are none when it does not answer within a second', async () => {
    const { image } = await aRegistry(() => undefined);
    const startedAt = performance.now();
    expect(await new RegistryTags().of(image)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('are kept for a minute, none as well', async () => {
    let now = 0;
    const { asked, image } = await aRegistry((_request, response) => json(response, {}, {}, 500));
    const tags = new RegistryTags(() => now);
    await Promise.all([tags.of(image), tags.of(image)]);
    now = 59_999;
    await tags.of(image);
    expect(asked).toHaveLength(1);
    now = 60_000;
    await tags.of(image);
    expect(asked).toHaveLength(2);
  });
});
