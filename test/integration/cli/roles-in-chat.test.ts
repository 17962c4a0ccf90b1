import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { rolesOf } from '../../../src/application/authorize.ts';
import { Closers } from '../../../src/cli/closers.ts';
import { LiveWorkspace } from '../../../src/cli/live-workspace.ts';
import { type OpenedParts, openParts } from '../../../src/cli/open-parts.ts';
import { readSettings } from '../../../src/cli/start.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';

const root = join(import.meta.dirname, '../../..');

let folder: string;
let closers: Closers;
let database: TestDatabase;

/** As every process opens its parts. */
function openProcess(): Promise<OpenedParts> {
  const settings = readSettings({
    DATABASE_URL: database.url,
    DOCKER_HOST: inject('dockerHost'),
    SHIPMATE_CONFIG: join(root, 'examples/shop/shipmate.yml'),
    SHIPMATE_DATA: folder,
  });
  return openParts({ settings, logger: silentLogger, closers, workspace: new LiveWorkspace(settings.configFile, silentLogger) });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shipmate-roles-'));
  closers = new Closers(silentLogger);
  database = await createTestDatabase();
});

afterEach(async () => {
  await closers.closeAll();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a process', () => {
  it('goes by the roles that another one was told to give', async () => {
    const [one, other] = [await openProcess(), await openProcess()];
    const { apps, people, environments } = other.workspace();
    const [app] = Object.values(apps);
    const person = Object.values(people).find((somebody) => app !== undefined && !rolesOf(app, somebody).includes('admin'));
    if (app === undefined || person === undefined) throw new Error('the example has an app, and people who are no admins');
    const isAdmin = () => other.workspace().apps[app.name]?.roles.admin.includes(person.id);
    expect(isAdmin()).toBe(false);
    const grant = { app: app.name, personId: person.id, role: 'admin', grantedBy: person, grantedAt: 0, expiresAt: null } as const;
    await one.database.transact(async (stores) => {
      await stores.access.grant(grant);
      await one.database.notify(stores, 'access', app.name);
    });
    await expect.poll(isAdmin, { timeout: 2000, interval: 20 }).toBe(true);
    expect(other.workspace().environments).toEqual(environments);
  });

  it('does not start when it cannot know who was given what', async () => {
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await owner.query('ALTER TABLE role_grants RENAME TO role_grants_gone');
    await owner.end();
    await expect(openProcess()).rejects.toThrow(/role_grants/);
  });
});
