import { describe, expect, it } from 'vitest';
import type { SealedConfiguration } from '../../src/ports/configuration-history.ts';
import type { Views } from './database-views.ts';

const content = (changes: Partial<SealedConfiguration> = {}): Omit<SealedConfiguration, 'number'> => ({
  at: 1,
  source: 'start',
  sha: 'aa',
  sealed: Uint8Array.of(0, 255, 10),
  ...changes,
});

/** What every ConfigurationHistory promises. The only suite that appends versions to its database. */
export function describeConfigurationHistory(views: Views): void {
  const history = () => views().database.stores.configuration;

  describe('the history of the configuration', () => {
    it('is empty at first', async () => {
      expect(await history().newest()).toBeNull();
      expect(await history().find(1)).toBeNull();
      expect(await history().list(10)).toEqual([]);
    });

    it('numbers versions from 1 and gives their bytes back as they were', async () => {
      expect(await history().append(content())).toEqual({ number: 1, at: 1, source: 'start', sha: 'aa' });
      await history().append(content({ at: 2, source: 'reload', sha: 'bb', sealed: Uint8Array.of(1) }));
      expect(await history().find(1)).toEqual({ number: 1, ...content() });
      expect(await history().newest()).toEqual({ number: 2, at: 2, source: 'reload', sha: 'bb' });
      expect((await history().list(10)).map(({ number }) => number)).toEqual([2, 1]);
      expect(await history().list(1)).toHaveLength(1);
    });

    it('has no version, and no gap, where the transaction failed', async () => {
      const attempt = views().database.transact(async (inside) => {
        await inside.configuration.append(content({ source: 'restore' }));
        throw new Error('changed its mind');
      });
      await expect(attempt).rejects.toThrow('changed its mind');
      expect((await history().append(content())).number).toBe(3);
    });

    it('lets several processes append one after another, each seeing the one before', async () => {
      const before = (await history().newest())?.number ?? 0;
      const append = (index: number) =>
        (index % 2 === 0 ? views().database : views().other).transact(async (inside) => {
          const newest = await inside.configuration.lockNewest();
          const added = await inside.configuration.append(content());
          return added.number - (newest?.number ?? 0);
        });
      expect(await Promise.all(Array.from({ length: 8 }, (_, index) => append(index)))).toEqual(Array.from({ length: 8 }, () => 1));
      expect((await history().newest())?.number).toBe(before + 8);
    });
  });
}
