/** The shop's pages. */
import { fetchJson, serve, VERSION } from './service.ts';

type Products = { readonly version: string; readonly products: readonly { readonly name: string; readonly price: number }[] };

const BANNER = process.env['SHOP_BANNER'] ?? '';
/** 1.0.0 is plain; 1.1.0 has prices. */
const showsPrices = VERSION !== '1.0.0';
/** 1.2.0 is the bad release of the example: it starts, but never becomes healthy. */
const isBroken = VERSION === '1.2.0';

serve(
  'web',
  async (path) => {
    if (path !== '/') return { status: 404, body: { error: 'no such page' } };
    // The API itself takes 2.4 s at its worst, when all behind it is away. The rest is for a busy machine: slow is not broken.
    const { version, products } = await fetchJson<Products>('http://api:8080/products', { timeoutMs: 12_000 });
    const items = products.map(({ name, price }) => `<li>${name}${showsPrices ? `, ${price} doubloons` : ''}</li>`).join('');
    const page = `<!doctype html><title>Shop</title><h1>Shop ${VERSION}</h1><p>${BANNER}</p><ul>${items}</ul><p>api ${version}</p>`;
    return { status: 200, type: 'text/html; charset=utf-8', body: page };
  },
  () => !isBroken,
);
