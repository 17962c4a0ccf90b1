/** The shop's API: products through the cache, orders into the store. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, describe, fetchJson, log, serve, VERSION } from './service.ts';

type Cached = { readonly hit: boolean; readonly value?: unknown };

/** The last products seen: they are shown while the store is being replaced. */
let lastProducts: unknown = null;

async function products(): Promise<unknown> {
  try {
    lastProducts = await freshProducts();
  } catch (error) {
    if (lastProducts === null) throw error;
    log('api', `shows the last known products: ${describe(error)}`);
  }
  return lastProducts;
}

async function freshProducts(): Promise<unknown> {
  const cached = await fetchJson<Cached>('http://cache:8080/products');
  if (cached.hit) return cached.value;
  const fresh = await fetchJson<unknown[]>('http://store:8080/products');
  await fetchJson('http://cache:8080/products', { method: 'PUT', body: JSON.stringify(fresh) });
  return fresh;
}

async function answer(path: string, method: string, body: string): Promise<Answer> {
  if (path === '/products') return { status: 200, body: { version: VERSION, products: await products() } };
  if (path === '/orders' && method === 'POST') {
    await fetchJson('http://store:8080/orders', { method: 'POST', body: JSON.stringify({ ...JSON.parse(body), state: 'new' }) });
    return { status: 202, body: { accepted: true } };
  }
  return { status: 404, body: { error: 'no such page' } };
}

// Healthy, and so in the name service, only once it has something to show.
serve('api', answer, () => lastProducts !== null);
while (lastProducts === null) {
  await products().catch(() => sleep(250));
}
