import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Views } from './database-views.ts';

/** What every InstallationStore promises. */
export function describeInstallations(views: Views): void {
  const installations = () => views().database.stores.installations;

  describe('installations', () => {
    it('are kept byte for byte, one for each workspace of a platform, the newest', async () => {
      const platform = randomUUID();
      expect(await installations().find(platform, 'T1')).toBeNull();
      await installations().save(platform, 'T2', Uint8Array.of(0, 255, 10), 1);
      await installations().save(platform, 'T1', Uint8Array.of(1), 2);
      await installations().save(platform, 'T1', Uint8Array.of(2), 3);
      const first = { platform, workspace: 'T1', sealed: Uint8Array.of(2), at: 3 };
      expect(await installations().find(platform, 'T1')).toEqual(first);
      expect(await installations().list(platform)).toEqual([
        first,
        { platform, workspace: 'T2', sealed: Uint8Array.of(0, 255, 10), at: 1 },
      ]);
      expect(await installations().list('elsewhere')).toEqual([]);
    });

    it('are gone when they were removed', async () => {
      const platform = randomUUID();
      await installations().save(platform, 'T1', Uint8Array.of(1), 1);
      expect(await installations().remove(platform, 'T1')).toBe(true);
      expect(await installations().remove(platform, 'T1')).toBe(false);
      expect(await installations().find(platform, 'T1')).toBeNull();
    });
  });
}
