import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createWebSessions } from '../../../src/application/sessions/create-web-sessions.ts';
import type { Database, Stores } from '../../../src/ports/database.ts';
import { FakeClock, only } from '../../support/builders-parts.ts';

it('a token that we did not make is nobody’s without asking the database', async () => {
  const stores = only<Stores>('stores', { sessions: only<Stores['sessions']>('sessions') });
  const database = only<Database>('database', { stores });
  const sessions = createWebSessions({ database, clock: new FakeClock(0) }, 'a secret of the tests, long enough to sign');
  for (const token of ['', 'x', 'x'.repeat(64), randomBytes(48).toString('base64url'), `${randomBytes(48).toString('base64url')}x`]) {
    expect(await sessions.find(token)).toBeNull();
  }
});
