/** The shop's cache: values in memory, each for a few seconds. */
import { serve } from './service.ts';

const LIFETIME_MS = Number(process.env['LIFETIME_MS'] ?? 2000);
const entries = new Map<string, { readonly value: unknown; readonly until: number }>();

serve('cache', (path, method, body) => {
  if (method === 'PUT') {
    entries.set(path, { value: JSON.parse(body), until: Date.now() + LIFETIME_MS });
    return { status: 200, body: { stored: true } };
  }
  const entry = entries.get(path);
  if (entry === undefined || entry.until < Date.now()) return { status: 200, body: { hit: false } };
  return { status: 200, body: { hit: true, value: entry.value } };
});
