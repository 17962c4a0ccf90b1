/** Ships new orders, one look at the store every second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, fetchJson, log, serve } from './service.ts';

type Order = { readonly state: string };

let lastLookAt = Date.now();
serve(
  'worker',
  () => ({ status: 404, body: { error: 'the worker has no pages' } }),
  () => Date.now() - lastLookAt < 15_000,
);

let stopping = false;
process.once('SIGTERM', () => {
  stopping = true;
});
while (!stopping) {
  try {
    const orders = await fetchJson<Order[]>('http://store:8080/orders');
    const open = orders.filter(({ state }) => state === 'new').length;
    if (open > 0) {
      await fetchJson('http://store:8080/orders', {
        method: 'PUT',
        body: JSON.stringify(orders.map((order) => ({ ...order, state: 'shipped' }))),
      });
      log('worker', `shipped ${open} orders`);
    }
    lastLookAt = Date.now();
  } catch (error) {
    log('worker', `the store did not answer: ${describe(error)}`);
  }
  await sleep(1000);
}
