import { describe, expect, it } from 'vitest';
import { type AuditQuestion, readAudit } from '../../../src/application/read-audit.ts';
import type { AuditFilter, AuditLog } from '../../../src/ports/audit-log.ts';
import type { Database, Stores } from '../../../src/ports/database.ts';
import { anApp, aWorkspace } from '../../support/builders.ts';
import { FakeClock, only } from '../../support/builders-parts.ts';

const roles = { owner: [], admin: [], developer: [], viewer: [], incident: [] };
const workspace = aWorkspace({
  apps: {
    shop: anApp('shop', { roles: { ...roles, owner: ['olga'], admin: ['adam'], developer: ['dana'] } }),
    blog: anApp('blog', { roles: { ...roles, owner: ['olga', 'oskar'] } }),
  },
  people: { olga: { id: 'olga', name: 'Olga Ö', identities: {} }, adam: { id: 'adam', name: 'Adam', identities: {} } },
});

async function ask(person: string, question: Partial<AuditQuestion> = {}) {
  const asked: AuditFilter[] = [];
  const record = { id: 1, at: 1, actor: 'olga', action: 'a', subject: 's', source: 'x', result: 'done' as const, details: {} };
  const audit = only<AuditLog>('audit', {
    list: async (filter) => {
      asked.push(filter);
      return [record, { ...record, actor: 'constructor' }];
    },
  });
  const database = only<Database>('database', { stores: only<Stores>('stores', { audit }) });
  const parts = { clock: new FakeClock(1_000_000), database, workspace: () => workspace };
  const all = { person: { id: person, name: person }, app: null, environment: null, by: null, lastMs: null, result: null, limit: 5 };
  return { answer: await readAudit(parts, { ...all, ...question }), asked };
}

describe('reading the audit trail', () => {
  it('of an app is for those who may, and for no one else', async () => {
    expect((await ask('adam', { app: 'shop', environment: 'staging' })).asked).toEqual([
      { apps: ['shop'], environment: 'staging', limit: 5 },
    ]);
    expect((await ask('olga', { app: 'blog' })).asked).toEqual([{ apps: ['blog'], limit: 5 }]);
    for (const [person, app, refused] of [
      ['dana', 'shop', 'not_allowed'],
      ['oskar', 'shop', 'unknown_app'],
      ['nobody', 'shop', 'unknown_app'],
    ] as const) {
      const { answer, asked } = await ask(person, { app });
      expect([answer, asked]).toEqual([expect.objectContaining({ refused }), []]);
    }
  });

  it('of everything is for owners, and shows what is theirs; all of it for the owner of all', async () => {
    expect((await ask('oskar')).asked).toEqual([{ apps: ['blog'], limit: 5 }]);
    expect((await ask('olga')).asked).toEqual([{ limit: 5 }]);
    expect((await ask('adam')).answer).toMatchObject({ refused: 'not_allowed', hint: 'Type: /audit <app>' });
  });

  it('finds a person by id, name or as oneself, and names who is known', async () => {
    for (const [by, actor] of [
      ['olga', 'olga'],
      ['@olga ö', 'olga'],
      ['me', 'adam'],
      ['slack:T1/U1', 'slack:T1/U1'],
    ]) {
      expect((await ask('adam', { app: 'shop', by: by ?? null })).asked).toMatchObject([{ actor }]);
    }
    expect((await ask('olga')).answer).toMatchObject([{ actorName: 'Olga Ö' }, { actorName: 'constructor' }]);
  });

  it('goes back so long from now, and to one result', async () => {
    expect((await ask('olga', { lastMs: 1000, result: 'refused' })).asked).toEqual([{ sinceMs: 999_000, result: 'refused', limit: 5 }]);
  });
});
