/** One-off job: brings the store to what this version expects, then ends. Running it again changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchJson, log, VERSION } from './service.ts';

const PRODUCTS = [
  { id: 'anchor', name: 'Anchor', price: 120 },
  { id: 'compass', name: 'Compass', price: 45 },
  { id: 'lantern', name: 'Lantern', price: 30 },
];

/** The store may still be starting where nothing waits for it. */
async function storedProducts(attemptsLeft = 20): Promise<unknown[]> {
  try {
    return await fetchJson<unknown[]>('http://store:8080/products');
  } catch (error) {
    if (attemptsLeft === 0) throw error;
    await sleep(500);
    return storedProducts(attemptsLeft - 1);
  }
}

const before = await storedProducts();
await fetchJson('http://store:8080/products', { method: 'PUT', body: JSON.stringify(PRODUCTS) });
log('migrate', `version ${VERSION}: ${before.length} products before, ${PRODUCTS.length} now`);
