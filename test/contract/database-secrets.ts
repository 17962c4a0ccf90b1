import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SecretVersion } from '../../src/domain/secret.ts';
import type { ParkedSecret } from '../../src/ports/secret-store.ts';
import type { Views } from './database-views.ts';

/** What every SecretStore promises. */
export function describeSecrets(views: Views): void {
  const secrets = () => views().database.stores.secrets;
  const unique = () => randomUUID().slice(0, 8);

  const aVersion = (members: Partial<SecretVersion> = {}): SecretVersion => ({
    id: unique(),
    app: `app-${unique()}`,
    environment: 'staging',
    name: 'DB_URL',
    version: 1,
    kind: 'set',
    by: { id: 'ada', name: 'Ada' },
    at: 5,
    ...members,
  });

  describe('secrets', () => {
    it('are listed by name in their newest version, and only where they were set', async () => {
      const first = aVersion();
      const second = { ...first, id: unique(), version: 2, at: 4 };
      const other = { ...first, id: unique(), name: 'API_KEY' };
      expect(await secrets().newest(first)).toBeNull();
      await secrets().append(first, Uint8Array.of(1));
      await secrets().append(second, Uint8Array.of(2));
      await secrets().append(other, Uint8Array.of(3));
      const { app, environment } = first;
      expect(await secrets().newest(first)).toEqual(second);
      expect(await secrets().find(first.id)).toEqual(first);
      expect(await secrets().list(app, environment)).toEqual([other, second]);
      expect(await secrets().values(app, environment)).toEqual([
        { app, environment, name: 'API_KEY', version: 1, sealed: Uint8Array.of(3) },
        { app, environment, name: 'DB_URL', version: 2, sealed: Uint8Array.of(2) },
      ]);
      expect(await secrets().list(app, 'production')).toEqual([]);
      expect(await secrets().values(app, 'production')).toEqual([]);
      expect(await secrets().history(app, environment, 'DB_URL', 9)).toEqual([second, first]);
      expect(await secrets().history(app, environment, null, 9)).toHaveLength(3);
    });

    it('have no value any more once they are removed, and begin again with the next number', async () => {
      const first = aVersion();
      const { app, environment } = first;
      await secrets().append(first, Uint8Array.of(1));
      const removed: SecretVersion = { ...first, id: unique(), version: 2, kind: 'removed' };
      await secrets().append(removed, null);
      expect(await secrets().newest(first)).toEqual(removed);
      expect(await secrets().list(app, environment)).toEqual([]);
      expect(await secrets().values(app, environment)).toEqual([]);
      const again = { ...first, id: unique(), version: 3 };
      await secrets().append(again, Uint8Array.of(9));
      expect(await secrets().list(app, environment)).toEqual([again]);
    });

    it('never have the same version twice', async () => {
      const first = aVersion();
      await secrets().append(first, Uint8Array.of(1));
      await expect(secrets().append({ ...first, id: unique() }, Uint8Array.of(2))).rejects.toThrow();
    });

    it('are written by one at a time: of many at once each gets a number of its own', async () => {
      const { database } = views();
      const first = aVersion();
      await Promise.all(
        Array.from({ length: 12 }, () =>
          database.transact(async (stores) => {
            await stores.secrets.lock(first.app, first.environment);
            const version = ((await stores.secrets.newest(first))?.version ?? 0) + 1;
            await stores.secrets.append({ ...first, id: unique(), version }, Uint8Array.of(version));
          }),
        ),
      );
      expect(await secrets().newest(first)).toMatchObject({ version: 12 });
    });
  });

  describe('values that wait for a confirmation', () => {
    const aParked = (): ParkedSecret => ({
      id: randomUUID(),
      app: 'shop',
      environment: 'production',
      name: 'DB_URL',
      personId: 'ada',
      sealed: Uint8Array.of(7),
      expiresAt: 1000,
    });

    it('are used once, by one of many, before they are over', async () => {
      const parked = aParked();
      await secrets().park(parked);
      const answers = await Promise.all(Array.from({ length: 20 }, () => secrets().takeParked(parked.id, 999)));
      expect(answers.filter((answer) => answer !== null)).toEqual([parked]);
    });

    it('are nobody’s once they are over, and are forgotten then', async () => {
      const late = aParked();
      await secrets().park(late);
      expect(await secrets().takeParked(late.id, 1000)).toBeNull();
      const forgotten = aParked();
      await secrets().park(forgotten);
      expect(await secrets().pruneParked(1000)).toBeGreaterThanOrEqual(1);
      expect(await secrets().takeParked(forgotten.id, 1)).toBeNull();
    });
  });
}
