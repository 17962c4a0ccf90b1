import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { anAuditRecord, aRelease, store } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

export function describeRecords(views: Views): void {
  const stores = () => views().database.stores;
  const anApp = () => `app-${randomUUID().slice(0, 8)}`;

  describe('releases', () => {
    it('are found by id and by what they are made of', async () => {
      const app = anApp();
      const release = aRelease({ app, specHash: 'h1', sourceCommit: 'abc', createdAt: 1 });
      await stores().releases.insert(release);
      expect(await stores().releases.find(release.id)).toEqual(release);
      expect(await stores().releases.findBySpecHash(app, 'staging', 'h1')).toEqual(release);
      expect(await stores().releases.findBySpecHash(app, 'production', 'h1')).toBeNull();
      expect(await stores().releases.find('none')).toBeNull();
    });

    it('name an app’s versions once each, newest first', async () => {
      const app = anApp();
      for (const [index, version] of ['1.0.0', '1.1.0', '1.0.0', '1.2.0'].entries()) {
        await stores().releases.insert(aRelease({ app, version, createdAt: index }));
      }
      expect(await stores().releases.versions(app, 10)).toEqual(['1.2.0', '1.0.0', '1.1.0']);
      expect(await stores().releases.versions(app, 1)).toEqual(['1.2.0']);
    });

    it('keep sealed contents byte for byte', async () => {
      const fingerprint = randomUUID();
      expect(await stores().releases.contents(fingerprint)).toBeNull();
      await stores().releases.saveContents(fingerprint, Uint8Array.of(0, 255, 10));
      expect(await stores().releases.contents(fingerprint)).toEqual(Uint8Array.of(0, 255, 10));
      await stores().releases.saveContents(fingerprint, Uint8Array.of(1));
      expect(await stores().releases.contents(fingerprint)).toEqual(Uint8Array.of(1));
    });
  });

  describe('revisions', () => {
    it('are numbered per stack, one of them open', async () => {
      const first = await store(views().database, { app: anApp(), state: 'succeeded' });
      const second = await store(views().database, { app: first.app, state: 'succeeded', version: '1.1.0' });
      const { stack } = first;
      expect(await stores().releases.currentRevision(stack)).toBeNull();
      await stores().releases.openRevision(stack, first.releaseId, '1.0.0', first.id, 10);
      const opened = await stores().releases.openRevision(stack, second.releaseId, '1.1.0', second.id, 20);
      expect(opened).toEqual({
        stack,
        number: 2,
        releaseId: second.releaseId,
        version: '1.1.0',
        deploymentId: second.id,
        activeFrom: 20,
        activeTo: null,
      });
      expect(await stores().releases.currentRevision(stack)).toEqual(opened);
      expect((await stores().releases.revisions(stack, 10)).map(({ number, activeTo }) => [number, activeTo])).toEqual([
        [2, null],
        [1, 20],
      ]);
      await stores().releases.closeRevision(stack, 30);
      expect(await stores().releases.currentRevision(stack)).toBeNull();
      expect((await stores().releases.revisions(stack, 1))[0]?.activeTo).toBe(30);
    });
  });

  describe('the audit trail', () => {
    it('is read newest first, by subject and by actor', async () => {
      const subject = randomUUID();
      await stores().audit.append(anAuditRecord({ subject, at: 1 }));
      await stores().audit.append(anAuditRecord({ subject, actor: 'bob', at: 2, result: 'refused' }));
      const all = await stores().audit.list({ subject, limit: 10 });
      expect(all.map(({ id, ...rest }) => rest)).toEqual([
        anAuditRecord({ subject, actor: 'bob', at: 2, result: 'refused' }),
        anAuditRecord({ subject, at: 1 }),
      ]);
      expect(await stores().audit.list({ subject, actor: 'ada', limit: 10 })).toHaveLength(1);
      expect(await stores().audit.list({ subject, limit: 1 })).toHaveLength(1);
    });

    it('has no record of what did not happen', async () => {
      const subject = randomUUID();
      await expect(
        views().database.transact(async (inside) => {
          await inside.audit.append(anAuditRecord({ subject }));
          throw new Error('changed its mind');
        }),
      ).rejects.toThrow('changed its mind');
      expect(await stores().audit.list({ subject, limit: 10 })).toEqual([]);
    });
  });

  describe('the inbox', () => {
    it('accepts a delivery once, on each platform', async () => {
      const id = randomUUID();
      const accepted = await Promise.all(
        Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? views().database : views().other).stores.inbox.accept('slack', id, 5)),
      );
      expect(accepted.filter(Boolean)).toHaveLength(1);
      expect(await stores().inbox.accept('discord', id, 5)).toBe(true);
    });

    it('accepts it again when the transaction of its effect failed', async () => {
      const id = randomUUID();
      const attempt = views().database.transact(async (inside) => {
        expect(await inside.inbox.accept('slack', id, 5)).toBe(true);
        throw new Error('no effect');
      });
      await expect(attempt).rejects.toThrow('no effect');
      expect(await stores().inbox.accept('slack', id, 6)).toBe(true);
    });

    it('forgets what is older than asked', async () => {
      const platform = randomUUID();
      await stores().inbox.accept(platform, 'old', 1);
      await stores().inbox.accept(platform, 'new', 1_000_000);
      await stores().inbox.accept(platform, 'without effect', 1_000_000);
      await stores().inbox.forget(platform, 'without effect');
      expect(await stores().inbox.acceptedAt(platform, 'without effect')).toBeNull();
      expect(await stores().inbox.accept(platform, 'without effect', 1_000_000)).toBe(true);
      expect(await stores().inbox.prune(1_000)).toBeGreaterThanOrEqual(1);
      expect(await stores().inbox.accept(platform, 'old', 2_000_000)).toBe(true);
      expect(await stores().inbox.accept(platform, 'new', 2_000_000)).toBe(false);
    });
  });
}
