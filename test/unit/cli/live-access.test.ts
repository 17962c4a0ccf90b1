import { describe, expect, it } from 'vitest';
import { rolesOf } from '../../../src/application/authorize.ts';
import { LiveAccess } from '../../../src/cli/live-access.ts';
import type { AccessStore, RoleGrant } from '../../../src/ports/access-store.ts';
import type { Database, Stores } from '../../../src/ports/database.ts';
import { StoreUnavailableError } from '../../../src/ports/faults.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { anApp, aWorkspace } from '../../support/builders.ts';
import { FakeClock, only, SILENT_LOGGER } from '../../support/builders-parts.ts';

const START = 1_000_000;
const SWEEP_MS = 3_000;

/** A database that answers what the test says, and a clock that only the test moves. */
async function setUp(first: readonly RoleGrant[] = []) {
  const clock = new FakeClock(START);
  const state = { grants: first, isAway: false, reads: 0, notify: (): void => undefined, file: 'first' };
  const grants = async (): Promise<readonly RoleGrant[]> => {
    state.reads += 1;
    if (state.isAway) throw new StoreUnavailableError('the database is away');
    return state.grants;
  };
  const database = only<Database>('database', {
    stores: only<Stores>('stores', { access: only<AccessStore>('access', { grants }) }),
    listen: async (topic, onNotify) => {
      expect(topic).toBe('access');
      state.notify = () => onNotify('shop');
      return { stop: async () => undefined };
    },
  });
  const logged: string[] = [];
  const logger: Logger = { ...SILENT_LOGGER, error: (_, message) => void logged.push(message) };
  const people = { vera: { id: 'vera', name: 'Vera', identities: {} } };
  const files = { first: aWorkspace({ people, apps: { shop: anApp('shop') } }), second: aWorkspace({ people, apps: {} }) };
  const workspace = () => (state.file === 'first' ? files.first : files.second);
  const open = () => LiveAccess.open({ database, workspace, clock, logger });
  return { clock, state, logged, open };
}

const aGrant = (members: Partial<RoleGrant> = {}): RoleGrant => ({
  app: 'shop',
  personId: 'vera',
  role: 'admin',
  grantedBy: { id: 'olga', name: 'Olga' },
  grantedAt: 1,
  expiresAt: null,
  ...members,
});

function rolesOfVera(access: LiveAccess): readonly string[] {
  const { shop } = access.current.apps;
  return shop === undefined ? [] : rolesOf(shop, { id: 'vera', name: 'Vera' });
}

describe('the workspace with roles given in chat', () => {
  it('has them from the start, and does not start without being able to read them', async () => {
    const { open, state } = await setUp([aGrant()]);
    const access = await open();
    expect(rolesOfVera(access)).toEqual(['admin', 'viewer']);
    await access.close();
    state.isAway = true;
    await expect(open()).rejects.toThrow(StoreUnavailableError);
  });

  it('follows a notification at once, and looks by itself when one is lost', async () => {
    const { open, state, clock } = await setUp();
    const access = await open();
    expect(rolesOfVera(access)).toEqual(['viewer']);
    state.grants = [aGrant()];
    state.notify();
    await expect.poll(() => rolesOfVera(access)).toEqual(['admin', 'viewer']);
    state.grants = [];
    await clock.advance(SWEEP_MS);
    await expect.poll(() => rolesOfVera(access)).toEqual(['viewer']);
    await access.close();
  });

  it('ends a grant at its time, even while nothing can be read', async () => {
    const { open, clock, state } = await setUp([aGrant({ expiresAt: START + 10_000 })]);
    const access = await open();
    state.isAway = true;
    await clock.advance(9_999);
    expect(rolesOfVera(access)).toEqual(['admin', 'viewer']);
    await clock.advance(1);
    expect(rolesOfVera(access)).toEqual(['viewer']);
    await access.close();
  });

  it('trusts what it read for half a minute, then counts no grant until it can read again, and says so', async () => {
    const { open, clock, state, logged } = await setUp([aGrant()]);
    const access = await open();
    state.isAway = true;
    await clock.advance(30_000);
    expect(rolesOfVera(access)).toEqual(['admin', 'viewer']);
    await clock.advance(SWEEP_MS);
    expect(rolesOfVera(access)).toEqual(['viewer']);
    await expect.poll(() => logged).toContainEqual(expect.stringContaining('none of them counts until they can'));
    state.isAway = false;
    await clock.advance(SWEEP_MS);
    await expect.poll(() => rolesOfVera(access)).toEqual(['admin', 'viewer']);
    await access.close();
  });

  it('stays the same object while nothing changes, and follows shipmate.yml at once', async () => {
    const { open, clock, state } = await setUp([aGrant()]);
    const access = await open();
    const before = access.current;
    await clock.advance(SWEEP_MS);
    expect(access.current).toBe(before);
    expect(state.reads).toBeGreaterThan(1);
    state.file = 'second';
    expect(access.current.apps).toEqual({});
    await access.close();
  });

  it('reads nothing any more once it is closed', async () => {
    const { open, clock, state } = await setUp();
    const access = await open();
    await access.close();
    const { reads } = state;
    await clock.advance(SWEEP_MS * 3);
    expect(state.reads).toBe(reads);
  });
});
