import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LinkedRecord, recordText } from '../../src/domain/audit-chain.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { LinkFilter } from '../../src/ports/audit-log.ts';
import { sha256 } from '../support/audit-chain.ts';
import { anAuditRecord } from './database-fixtures.ts';
import type { Views } from './database-views.ts';

const ALL: LinkFilter = { sinceMs: null, untilMs: null, app: null };

export function describeAuditChain(views: Views): void {
  const audit = () => views().database.stores.audit;

  async function linkedAfter(seq: number, filter = ALL): Promise<readonly LinkedRecord[]> {
    return (await audit().linkedAfter(seq, filter, 10_000)).flatMap(({ record: linked }) => (linked === null ? [] : [linked]));
  }

  describe('the chain of the audit trail', () => {
    it('has no gap and follows the order of commits, however many write at once, and a rolled back record leaves nothing', async () => {
      const before = await audit().head();
      const subject = randomUUID();
      const writers = Array.from({ length: 60 }, async (_, index) => {
        const writing = [views().database, views().other][index % 2]?.transact(async (stores) => {
          await stores.audit.append(anAuditRecord({ subject, details: { writer: index, part: 1 } }));
          if (index % 3 === 0) await stores.audit.append(anAuditRecord({ subject, details: { writer: index, part: 2 } }));
          if (index % 5 === 0) throw new Error('changed its mind');
        });
        await writing?.catch(() => undefined);
      });
      await Promise.all(writers);
      const linked = await linkedAfter(before.seq);
      const own = linked.filter((one) => one.subject === subject);
      expect(own).toHaveLength(48 + 16);
      expect(linked.map(({ seq }) => seq)).toEqual(linked.map((_, index) => before.seq + 1 + index));
      expect(linked.map(({ previous }) => previous)).toEqual([before.hash, ...linked.slice(0, -1).map(({ hash }) => hash)]);
      expect(linked.map((one) => sha256(recordText(one)))).toEqual(linked.map(({ hash }) => hash));
      expect(await audit().head()).toEqual({ seq: linked.at(-1)?.seq, hash: linked.at(-1)?.hash });
      expect(await audit().unlinked()).toBeNull();
    });

    it('does not make a writer wait for another one’s transaction: who commits first comes first', async () => {
      const before = await audit().head();
      const wrote = Promise.withResolvers<void>();
      const mayCommit = Promise.withResolvers<void>();
      const slow = views().database.transact(async (stores) => {
        await stores.audit.append(anAuditRecord({ actor: 'slow' }));
        wrote.resolve();
        await mayCommit.promise;
      });
      await wrote.promise;
      await views().other.stores.audit.append(anAuditRecord({ actor: 'quick' }));
      expect((await linkedAfter(before.seq)).map(({ actor }) => actor)).toEqual(['quick']);
      mayCommit.resolve();
      await slow;
      const both = await linkedAfter(before.seq);
      expect(both.map(({ actor }) => actor)).toEqual(['quick', 'slow']);
      expect(both[0]?.id).toBeGreaterThan(both[1]?.id ?? 0);
      expect(both[0]?.linkedAt).toBeLessThanOrEqual(both[1]?.linkedAt ?? 0);
    });

    it('hashes what the pure function writes, whatever is in a record', async () => {
      const text = fc.string({ unit: 'binary', maxLength: 20 });
      const details = fc.dictionary(text, fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), { maxKeys: 6 });
      await fc.assert(
        fc.asyncProperty(text, text, text, details, async (actor, subject, source, given) => {
          const before = await audit().head();
          await audit().append(
            anAuditRecord({ actor, subject, source, details: given as JsonObject, at: Math.floor(Math.random() * 2 ** 52) }),
          );
          const linked = await linkedAfter(before.seq);
          expect(linked).toHaveLength(1);
          for (const one of linked) expect(sha256(recordText(one))).toBe(one.hash);
        }),
        { numRuns: 300 },
      );
    });

    it('is read by time of the link and by app', async () => {
      const app = `app-${randomUUID().slice(0, 8)}`;
      const before = await audit().head();
      for (const subject of [app, `${app}/staging`, `${app}-two/staging`, `${app}0`, `${app}.x`, 'other'])
        await audit().append(anAuditRecord({ subject }));
      const of = await linkedAfter(before.seq, { ...ALL, app });
      expect(of.map(({ subject }) => subject)).toEqual([app, `${app}/staging`]);
      const linkedAt = of[1]?.linkedAt ?? 0;
      expect((await linkedAfter(before.seq, { app, sinceMs: linkedAt, untilMs: null })).map(({ seq }) => seq)).toContain(of[1]?.seq);
      expect(await linkedAfter(before.seq, { app, sinceMs: null, untilMs: of[0]?.linkedAt ?? 0 })).toEqual([]);
    });
  });

  describe('questions to the audit trail', () => {
    it('are answered for apps, an environment, a person, a result and a time', async () => {
      const app = `app-${randomUUID().slice(0, 8)}`;
      await audit().append(anAuditRecord({ subject: `${app}/staging`, at: 10, actor: 'ada' }));
      await audit().append(anAuditRecord({ subject: `${app}/production`, at: 20, actor: 'bob', result: 'refused' }));
      await audit().append(anAuditRecord({ subject: app, at: 30, actor: 'ada' }));
      await audit().append(anAuditRecord({ subject: `${app}-two/staging`, at: 40 }));
      const ask = async (filter: Partial<Parameters<ReturnType<typeof audit>['list']>[0]>) =>
        (await audit().list({ apps: [app], limit: 10, ...filter })).map(({ at }) => at);
      expect(await ask({})).toEqual([30, 20, 10]);
      expect(await ask({ environment: 'production' })).toEqual([20]);
      expect(await ask({ actor: 'ada' })).toEqual([30, 10]);
      expect(await ask({ result: 'refused' })).toEqual([20]);
      expect(await ask({ sinceMs: 20 })).toEqual([30, 20]);
      expect(await ask({ limit: 1 })).toEqual([30]);
      expect(await ask({ apps: [app, `${app}-two`] })).toEqual([40, 30, 20, 10]);
      expect(await ask({ apps: [] })).toEqual([]);
    });
  });

  describe('retention', () => {
    it('never removes what is younger than 90 days, whatever is asked', async () => {
      await audit().append(anAuditRecord({ at: 1 }));
      const before = await audit().head();
      expect(await audit().prune(Number.MAX_SAFE_INTEGER, 'ada', 1000)).toBe(0);
      expect(await audit().head()).toEqual(before);
      expect(await audit().prunedThrough()).toBe(0);
    });
  });
}
