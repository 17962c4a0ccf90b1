import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StoredBreaker } from '../../src/ports/breaker-store.ts';
import type { Views } from './database-views.ts';

/** What every BreakerStore promises. */
export function describeBreakers(views: Views): void {
  const breakers = () => views().database.stores.breakers;
  const read = async (part: string): Promise<StoredBreaker | undefined> =>
    (await views().other.stores.breakers.list()).find((each) => each.part === part);

  describe('breakers', () => {
    it('are open for every process, with what was said and how long to wait', async () => {
      const part = randomUUID();
      expect(await read(part)).toBeUndefined();
      await breakers().open(part, { attempt: 1, restMs: 60_000, because: 'refused' });
      const found = await read(part);
      expect(found).toMatchObject({ part, attempt: 1, because: 'refused' });
      expect(found?.openForMs).toBeGreaterThanOrEqual(0);
      expect(found?.tryInMs).toBeGreaterThan(50_000);
      expect(found?.tryInMs).toBeLessThanOrEqual(60_000);
    });

    it('are kept as they are when another process opens them as early, and moved by a later attempt', async () => {
      const part = randomUUID();
      await breakers().open(part, { attempt: 2, restMs: 60_000, because: 'first' });
      await breakers().open(part, { attempt: 2, restMs: 90_000, because: 'second' });
      expect(await read(part)).toMatchObject({ attempt: 2, because: 'first' });
      await breakers().open(part, { attempt: 3, restMs: 120_000, because: 'third' });
      const found = await read(part);
      expect(found).toMatchObject({ attempt: 3, because: 'third' });
      expect(found?.tryInMs).toBeGreaterThan(100_000);
    });

    it('count from the first attempt', async () => {
      const part = randomUUID();
      await breakers().open(part, { attempt: 1, restMs: 0, because: 'first' });
      const before = (await read(part))?.openForMs ?? -1;
      await breakers().open(part, { attempt: 2, restMs: 60_000, because: 'second' });
      expect((await read(part))?.openForMs).toBeGreaterThan(before);
    });

    it('let nobody try before the rest is over', async () => {
      const part = randomUUID();
      await breakers().open(part, { attempt: 1, restMs: 60_000, because: 'away' });
      expect(await breakers().claimTry(part, 20_000)).toBe(false);
    });

    it('let one of many try, and the next one when that one never came back', async () => {
      const part = randomUUID();
      await breakers().open(part, { attempt: 1, restMs: 0, because: 'away' });
      const other = views().other.stores.breakers;
      const claims = await Promise.all([1, 2, 3, 4].map((each) => (each % 2 === 0 ? breakers() : other).claimTry(part, 60_000)));
      expect(claims.filter((isClaimed) => isClaimed)).toHaveLength(1);
      await breakers().open(part, { attempt: 2, restMs: 0, because: 'away' });
      expect(await breakers().claimTry(part, 0)).toBe(true);
      expect(await breakers().claimTry(part, 0)).toBe(true);
    });

    it('are gone once they were closed', async () => {
      const part = randomUUID();
      await breakers().open(part, { attempt: 1, restMs: 0, because: 'away' });
      expect(await breakers().close(part)).toBe(true);
      expect(await breakers().close(part)).toBe(false);
      expect(await read(part)).toBeUndefined();
      expect(await breakers().claimTry(part, 1)).toBe(false);
    });
  });
}
