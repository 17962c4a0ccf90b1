import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askGate } from '../../../src/application/environment-gate.ts';
import { freeze, unfreeze } from '../../../src/application/locks/freeze.ts';
import { listFreezes } from '../../../src/application/locks/list-freezes.ts';
import { listLocks } from '../../../src/application/locks/list-locks.ts';
import { lockAfterRollback } from '../../../src/application/locks/lock-after-rollback.ts';
import { lockEnvironment, stealLock } from '../../../src/application/locks/lock-environment.ts';
import { tendEnvironments, tendOnce } from '../../../src/application/locks/tend-environments.ts';
import { unlockEnvironment } from '../../../src/application/locks/unlock-environment.ts';
import type { TypedSchedule } from '../../../src/application/locks/use-cases.ts';
import { watchOpening } from '../../../src/application/locks/watch-opening.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { createNotices } from '../../../src/chat-core/tell-person.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { Scope } from '../../../src/domain/scope.ts';
import type { Database } from '../../../src/ports/database.ts';
import type { Workspace } from '../../../src/ports/workspace.ts';
import { aDeployment, anApp, anEnvironment, aWorkspace } from '../../support/builders.ts';
import { FakeClock, someParts } from '../../support/builders-parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

/** Locks, freezes and openings on the real database, with two processes where it matters. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const source = 'web:ops';
const staging: Scope = { app: 'shop', environment: 'staging' };
const everything: Scope = { app: null, environment: null };
const person = (id: string): Person => ({ id, name: id[0]?.toUpperCase() + id.slice(1) });
const [olga, adam, dana, dora, vera] = ['olga', 'adam', 'dana', 'dora', 'vera'].map(person) as [Person, Person, Person, Person, Person];
const never: TypedSchedule = { from: null, until: null, cron: null, lasts: null, timeZone: null };

let test: TestDatabase;
let clock: FakeClock;
let workspace: Workspace;
beforeEach(async () => {
  test = await createTestDatabase();
  clock = new FakeClock(Date.parse('2026-11-21T12:00:00Z'));
  workspace = aWorkspace({
    apps: {
      shop: anApp('shop', { roles: { owner: ['olga'], admin: ['adam'], developer: ['dana', 'dora'], viewer: ['vera'], incident: [] } }),
      blog: anApp('blog', { roles: { owner: ['olga'], admin: [], developer: [], viewer: [], incident: [] } }),
    },
    people: Object.fromEntries([olga, adam, dana, dora, vera].map((one) => [one.id, { ...one, identities: {} }])),
    channels: [{ name: 'deploys', topic: '' }],
  });
});
afterEach(() => test.drop());

/** One process: its own connections, the same time and the same shipmate.yml. */
function aProcess(database: Database = test.database): Parts {
  const tell = { database, workspace: () => workspace, clock };
  return someParts({ database, clock, workspace: () => workspace, notices: createNotices(tell) });
}

const lock = (parts: Parts, who: Person, scope = staging, forMs: number | null = null, reason: string | null = 'db migration') =>
  lockEnvironment(parts, { person: who, scope, reason, forMs, source });
const steal = (parts: Parts, who: Person) => stealLock(parts, { person: who, scope: staging, reason: null, forMs: null, source });
const unlock = (parts: Parts, who: Person, scope = staging) => unlockEnvironment(parts, { person: who, scope, source });
const holders = async (): Promise<readonly string[]> => (await test.database.stores.locks.standing()).map(({ holder }) => holder.id);
const actions = async (): Promise<readonly string[]> =>
  (await test.database.stores.audit.list({ limit: 1000 })).map(({ action, actor, result }) => `${action} ${actor} ${result}`).reverse();
const toldTo = async (who: Person): Promise<readonly string[]> => {
  const messages = await test.database.stores.messages.channel('web', 'deploys', { id: who.id, apps: ['shop'] }, 100);
  return messages.filter(({ privateTo }) => privateTo === who.id).map(({ content }) => (content as { summary: string }).summary);
};
const gate = (who: Person, parts = aProcess()) =>
  askGate(parts, parts.database.stores, { app: 'shop', environment: 'staging', kind: 'deploy', person: who, now: clock.now(), source });

describe('a lock', () => {
  it('is held by one of two who lock at once, and the other is told who', async () => {
    const processes = [aProcess(), aProcess(test.another())];
    for (let round = 0; round < 10; round += 1) {
      const taken = await Promise.all([dana, dora].map((who, index) => lock(processes[index] ?? aProcess(), who)));
      const [held] = taken.filter((one) => !isRefusal(one));
      const [refused] = taken.filter(isRefusal);
      if (held === undefined || isRefusal(held)) throw new Error('nobody holds it');
      expect(refused).toMatchObject({ refused: 'locked', message: expect.stringContaining(`locked by ${held.holder.name}`) });
      expect(await holders()).toEqual([held.holder.id]);
      expect(await unlock(aProcess(), held.holder)).toMatchObject({ id: held.id });
    }
  });

  it('keeps everybody but its holder out, and rollbacks pass', async () => {
    await lock(aProcess(), dana, staging, HOUR);
    expect(await gate(dana)).toBeNull();
    expect(await gate(olga)).toMatchObject({ refused: 'locked', message: 'shop staging is locked by Dana: db migration.' });
    const parts = aProcess();
    expect(
      await askGate(parts, parts.database.stores, {
        app: 'shop',
        environment: 'staging',
        kind: 'rollback',
        person: olga,
        now: clock.now(),
        source,
      }),
    ).toBeNull();
    expect(await actions()).toEqual(['lock.take dana done', 'gate.refused olga refused', 'gate.passed olga done']);
  });

  it('of one’s own gets the new reason and end when it is locked again', async () => {
    await lock(aProcess(), dana, staging, HOUR);
    const again = await lock(aProcess(), dana, staging, 4 * HOUR, null);
    expect(again).toMatchObject({ reason: 'db migration', expiresAt: clock.now() + 4 * HOUR });
    expect(await test.database.stores.locks.standing()).toEqual([again]);
    expect(await actions()).toEqual(['lock.take dana done', 'lock.renew dana done']);
  });

  it('is for those who may lock there', async () => {
    expect(await lock(aProcess(), vera)).toMatchObject({ refused: 'not_allowed' });
    expect(await lock(aProcess(), dana, { app: 'shop', environment: 'production' })).toMatchObject({ refused: 'not_allowed' });
    expect(await lock(aProcess(), dana, { app: 'shop', environment: null })).toMatchObject({ refused: 'not_allowed' });
    expect(await lock(aProcess(), dana, { app: 'blog', environment: 'staging' })).toMatchObject({ refused: 'unknown_app' });
    expect(await lock(aProcess(), dana, { app: 'shop', environment: 'stagin' })).toMatchObject({ refused: 'unknown_environment' });
    expect(await holders()).toEqual([]);
    expect(await actions()).toEqual([
      'lock.take vera refused',
      'lock.take dana refused',
      'lock.take dana refused',
      'lock.take dana refused',
      'lock.take dana refused',
    ]);
  });

  it('on every app is for who may freeze every app, and tells others of no app they do not know', async () => {
    const blog = anApp('blog', { roles: { owner: ['olga'], admin: [], developer: ['dora'], viewer: [], incident: [] } });
    workspace = { ...workspace, apps: { ...workspace.apps, blog } };
    // To lock each of them is not enough to lock them all.
    expect(await lock(aProcess(), dora, { app: null, environment: 'staging' })).toMatchObject({ refused: 'not_allowed' });
    const refused = await lock(aProcess(), adam, everything);
    expect(refused).toMatchObject({ refused: 'not_allowed' });
    expect(JSON.stringify(refused)).not.toContain('blog');
    expect(await lock(aProcess(), olga, everything)).toMatchObject({ scope: everything });
    expect(await lock(aProcess(), olga, { app: null, environment: 'moon' })).toMatchObject({ refused: 'unknown_environment' });
    expect(await gate(adam)).toMatchObject({ refused: 'locked', message: 'Every app is locked by Olga: db migration.' });
    // A narrower one of one's own does not help against it.
    await lock(aProcess(), dana);
    expect(await gate(dana)).toMatchObject({ refused: 'locked' });
  });

  it('is seen by those who see something of what it covers', async () => {
    await lock(aProcess(), olga, { app: 'blog', environment: 'staging' });
    await lock(aProcess(), dana);
    expect((await listLocks(aProcess(), { person: vera })).map(({ scope }) => scope.app)).toEqual(['shop']);
    expect(await listLocks(aProcess(), { person: olga })).toHaveLength(2);
    expect(await listLocks(aProcess(), { person: person('stranger') })).toEqual([]);
  });
});

describe('taking a lock over', () => {
  it('goes to one of many at once; the others are told of that one, the former holder of it once', async () => {
    await lock(aProcess(), olga, staging, HOUR + MINUTE);
    await clock.advance(MINUTE);
    const processes = [aProcess(), aProcess(test.another())];
    const taken = await Promise.all([dana, dora, adam].map((who, index) => steal(processes[index % 2] ?? aProcess(), who)));
    const won = taken.filter((one) => !isRefusal(one));
    expect(won).toHaveLength(1);
    const [first] = won;
    if (first === undefined || isRefusal(first)) throw new Error('nobody has it');
    expect(first).toMatchObject({ from: { id: 'olga' }, lock: { reason: 'db migration', expiresAt: clock.now() + HOUR } });
    expect(await holders()).toEqual([first.lock.holder.id]);
    for (const refused of taken.filter(isRefusal)) expect(refused.message).toContain(`locked by ${first.lock.holder.name}`);
    expect(await toldTo(olga)).toEqual([`${first.lock.holder.name} took over your lock on shop staging.`]);
    expect((await actions()).filter((action) => action.startsWith('lock.steal') && action.endsWith('done'))).toHaveLength(1);
  });

  it('needs the right to lock, and is nothing but taking it where nobody holds it', async () => {
    expect(await steal(aProcess(), vera)).toMatchObject({ refused: 'not_allowed' });
    expect(await steal(aProcess(), dana)).toMatchObject({ from: null, lock: { holder: { id: 'dana' } } });
    expect(await steal(aProcess(), dana)).toMatchObject({ from: null });
  });

  it('happens with its record and its notice, or not at all', async () => {
    await lock(aProcess(), olga);
    await clock.advance(MINUTE);
    const broken = { ...aProcess(), notices: { tell: () => Promise.reject(new Error('cannot tell')) } };
    await expect(steal(broken, dana)).rejects.toThrow('cannot tell');
    expect(await holders()).toEqual(['olga']);
    expect(await actions()).toEqual(['lock.take olga done']);
  });
});

describe('releasing a lock', () => {
  it('is its holder’s, also when they may do nothing else any more', async () => {
    await lock(aProcess(), dana);
    workspace = {
      ...workspace,
      apps: { ...workspace.apps, shop: anApp('shop', { roles: { owner: ['olga'], admin: [], developer: [], viewer: [], incident: [] } }) },
    };
    expect(await unlock(aProcess(), dana)).toMatchObject({ holder: { id: 'dana' } });
    expect(await holders()).toEqual([]);
  });

  it('is not another developer’s, but whoever may freeze there does it, and the holder is told', async () => {
    await lock(aProcess(), dana);
    expect(await unlock(aProcess(), dora)).toMatchObject({
      refused: 'not_allowed',
      hint: expect.stringContaining('/lock shop staging --steal'),
    });
    expect(await unlock(aProcess(), vera)).toMatchObject({ refused: 'not_allowed' });
    expect(await unlock(aProcess(), person('stranger'))).toMatchObject({ refused: 'unknown_app' });
    expect(await holders()).toEqual(['dana']);
    expect(await unlock(aProcess(), adam)).toMatchObject({ holder: { id: 'dana' } });
    expect(await toldTo(dana)).toEqual(['Adam released your lock on shop staging.']);
    expect(await unlock(aProcess(), adam)).toMatchObject({ refused: 'not_locked' });
  });
});

describe('the end of a lock', () => {
  it('frees the environment at its very moment, whether or not anybody noticed yet', async () => {
    await lock(aProcess(), dana, staging, HOUR);
    await clock.advance(HOUR - 1);
    expect(await gate(dora)).toMatchObject({ refused: 'locked' });
    await clock.advance(1);
    expect(await gate(dora)).toBeNull();
    expect(await lock(aProcess(), dora)).toMatchObject({ holder: { id: 'dora' } });
    expect(await toldTo(dana)).toEqual(['Your lock on shop staging is over.']);
    expect(await actions()).toContain('lock.expire system done');
  });

  it('is told once, and reminded of once ten minutes before, with two processes that look again and again', async () => {
    await lock(aProcess(), dana, staging, HOUR);
    await lock(aProcess(), dora, { app: 'shop', environment: 'staging' }, HOUR);
    const processes = [aProcess(), aProcess(test.another())];
    const tick = () => Promise.all([...processes, ...processes].map(tendOnce));
    await clock.advance(49 * MINUTE);
    await tick();
    expect(await toldTo(dana)).toEqual([]);
    await clock.advance(MINUTE);
    await tick();
    await tick();
    expect(await toldTo(dana)).toEqual(['Your lock on shop staging ends soon.']);
    await clock.advance(10 * MINUTE);
    await tick();
    await tick();
    expect(await toldTo(dana)).toEqual(['Your lock on shop staging ends soon.', 'Your lock on shop staging is over.']);
    expect((await actions()).filter((action) => action === 'lock.expire system done')).toHaveLength(1);
    expect(await holders()).toEqual([]);
  });

  it('is not reminded of when the lock is short anyway', async () => {
    await lock(aProcess(), dana, staging, 15 * MINUTE);
    await clock.advance(6 * MINUTE);
    await tendOnce(aProcess());
    expect(await toldTo(dana)).toEqual([]);
  });
});

describe('“tell me when it opens”', () => {
  const watch = (who: Person) => watchOpening(aProcess(), { person: who, app: 'shop', environment: 'staging', source });
  const opened = 'shop staging is open again.';

  it('tells each who asked once, with two processes, when nothing keeps them out any more', async () => {
    await lock(aProcess(), olga, staging, HOUR);
    await freeze(aProcess(), { person: adam, scope: staging, source, reason: 'stocktaking', schedule: { ...never, lasts: '2h' } });
    expect(await watch(dana)).toEqual({ isOpen: false, opensAt: clock.now() + 2 * HOUR });
    await watch(dana);
    await watch(dora);
    const stop = new AbortController();
    const running = [aProcess(), aProcess(test.another())].map((parts) => tendEnvironments(parts, stop.signal));
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 10 * MINUTE) {
        await clock.advance(10 * MINUTE);
        await expect.poll(() => clock.sleepers).toBe(2);
      }
    };
    await pass(HOUR + 10 * MINUTE);
    expect([await toldTo(dana), await toldTo(dora)]).toEqual([[], []]);
    await pass(HOUR);
    await expect.poll(() => test.database.stores.locks.watchers()).toEqual([]);
    stop.abort();
    await Promise.all(running);
    expect([await toldTo(dana), await toldTo(dora)]).toEqual([[opened], [opened]]);
  });

  it('survives a restart, and a notice that fails is not lost', async () => {
    await lock(aProcess(), olga);
    await watch(dana);
    await unlock(aProcess(), olga);
    const broken = { ...aProcess(), notices: { tell: () => Promise.reject(new Error('cannot tell')) } };
    await tendOnce(broken);
    expect(await toldTo(dana)).toEqual([]);
    await tendOnce(aProcess(test.another()));
    expect(await toldTo(dana)).toEqual([opened]);
  });

  it('has nothing to wait for where it is open, and is for those who may see the app', async () => {
    expect(await watch(dana)).toEqual({ isOpen: true, opensAt: null });
    expect(await watch(person('stranger'))).toMatchObject({ refused: 'unknown_app' });
    expect(await test.database.stores.locks.watchers()).toEqual([]);
  });
});

describe('the lock that a rollback leaves', () => {
  const rolledBack = aDeployment({ id: 'd9', kind: 'rollback', version: '1.0.0', requester: dana });
  const leave = (parts = aProcess()) => parts.database.transact((stores) => lockAfterRollback(parts, stores, rolledBack, clock.now()));

  it('stands where the policy says so, for whoever rolled back too, until somebody who may lock releases it', async () => {
    expect(await leave()).toBe(false);
    workspace = {
      ...workspace,
      environments: { ...workspace.environments, staging: anEnvironment('staging', { lockAfterRollback: true }) },
    };
    expect(await leave()).toBe(true);
    expect(await leave()).toBe(false);
    expect(await gate(dana)).toMatchObject({
      refused: 'locked',
      message: 'shop staging is locked by Shipmate: rolled back to 1.0.0 by Dana.',
    });
    expect(await unlock(aProcess(), vera)).toMatchObject({ refused: 'not_allowed' });
    expect(await unlock(aProcess(), dora)).toMatchObject({ holder: { id: 'system' } });
    expect(await gate(dana)).toBeNull();
    expect(await actions()).toContain('lock.take system done');
  });

  it('leaves alone what somebody holds', async () => {
    workspace = {
      ...workspace,
      environments: { ...workspace.environments, staging: anEnvironment('staging', { lockAfterRollback: true }) },
    };
    await lock(aProcess(), dora);
    expect(await leave()).toBe(false);
    expect(await holders()).toEqual(['dora']);
  });
});

describe('a freeze made in the chat', () => {
  const make = (who: Person, schedule: Partial<TypedSchedule>, scope = staging) =>
    freeze(aProcess(), { person: who, scope, source, reason: 'stocktaking', schedule: { ...never, ...schedule } });

  it('closes the environment while it holds, the lock’s holder included, and voids nothing', async () => {
    const { environments } = structuredClone(workspace);
    await lock(aProcess(), dana);
    const made = await make(adam, { from: '2026-11-21 14:00', until: '2026-11-21T15:00Z', timeZone: 'Europe/Berlin' });
    expect(made).toMatchObject({
      schedule: { kind: 'once', from: Date.parse('2026-11-21T13:00Z'), until: Date.parse('2026-11-21T15:00Z') },
    });
    expect(await gate(dana)).toBeNull();
    await clock.advance(HOUR);
    expect(await gate(dana)).toMatchObject({ refused: 'frozen', message: 'shop staging is frozen by Adam: stocktaking.' });
    await clock.advance(2 * HOUR);
    expect(await gate(dana)).toBeNull();
    expect(workspace.environments).toEqual(environments);
  });

  it('is for who may freeze there', async () => {
    expect(await make(dana, { lasts: '1h' })).toMatchObject({ refused: 'not_allowed' });
    expect(await make(adam, { lasts: '1h' }, everything)).toMatchObject({ refused: 'not_allowed' });
    expect(await make(olga, { lasts: '1h' }, everything)).toMatchObject({ scope: everything });
    expect(await unfreeze(aProcess(), { person: dana, target: { scope: staging }, source })).toMatchObject({ refused: 'not_allowed' });
    expect(await unfreeze(aProcess(), { person: adam, target: { scope: everything }, source })).toMatchObject({ refused: 'not_allowed' });
    expect(await actions()).toEqual([
      'freeze.add dana refused',
      'freeze.add adam refused',
      'freeze.add olga done',
      'freeze.end dana refused',
      'freeze.end adam refused',
    ]);
  });

  it('is ended by its id or its scope', async () => {
    const first = await make(adam, { lasts: '1h' });
    const second = await make(adam, { cron: '0 18 * * FRI', lasts: '2d15h', timeZone: 'Europe/Berlin' });
    if (isRefusal(first) || isRefusal(second)) throw new Error('not made');
    expect(await unfreeze(aProcess(), { person: vera, target: { id: first.id.slice(0, 8) }, source })).toMatchObject({
      refused: 'not_allowed',
    });
    expect(await unfreeze(aProcess(), { person: person('stranger'), target: { id: first.id }, source })).toMatchObject({
      refused: 'already_done',
    });
    expect(await unfreeze(aProcess(), { person: adam, target: { id: first.id.slice(0, 5) }, source })).toMatchObject({
      refused: 'already_done',
    });
    expect(await unfreeze(aProcess(), { person: adam, target: { id: first.id.slice(0, 8) }, source })).toEqual([first]);
    expect(
      await unfreeze(aProcess(), { person: adam, target: { scope: { app: 'shop', environment: 'production' } }, source }),
    ).toMatchObject({ refused: 'already_done' });
    expect(await unfreeze(aProcess(), { person: olga, target: { scope: staging }, source })).toEqual([second]);
    expect(await test.database.stores.locks.freezes(0)).toEqual([]);
  });

  it.each([
    [{}, 'needs an end'],
    [{ until: '2026-11-22', lasts: '1h' }, 'needs an end'],
    [{ until: '2026-11-22' }, 'does not say in which time zone'],
    [{ until: 'soon', timeZone: 'UTC' }, 'is no date'],
    [{ until: '2026-11-20', timeZone: 'UTC' }, 'before it begins'],
    [{ from: '2026-11-19', until: '2026-11-20', timeZone: 'UTC' }, 'is over already'],
    [{ until: '2028-11-22', timeZone: 'UTC' }, 'longer than 366 days'],
    [{ lasts: 'a while' }, 'no length of time'],
    [{ cron: '0 18 * * FRI', lasts: '2d' }, 'whose clocks'],
    [{ cron: '0 18 * * FRY', lasts: '2d', timeZone: 'UTC' }, 'no cron expression'],
    [{ cron: '0 18 * * FRI', lasts: '32d', timeZone: 'UTC' }, 'longer than 31 days'],
    [{ cron: '0 18 * * FRI', lasts: '2d', timeZone: 'UTC', until: '2026-12-01' }, 'not both'],
    [{ lasts: '1h', timeZone: 'Mars/Olympus' }, 'no time zone'],
  ])('is not made from %o', async (schedule, message) => {
    expect(await make(adam, schedule)).toMatchObject({ refused: 'invalid_arguments', message: expect.stringContaining(message) });
    expect(await test.database.stores.locks.freezes(0)).toEqual([]);
  });

  it('is listed beside those of shipmate.yml, what holds now first, with what is yet to come', async () => {
    const weekend = { kind: 'recurring', cron: '0 18 * * FRI', timeZone: 'UTC', lasts: { days: 2, ms: 0 } } as const;
    const past = { kind: 'once', from: 0, until: 1 } as const;
    const freezes = [
      { schedule: past, reason: 'long ago' },
      { schedule: weekend, reason: 'weekend' },
    ];
    workspace = {
      ...workspace,
      environments: { ...workspace.environments, staging: anEnvironment('staging', { freezes, windows: [weekend] }) },
    };
    await make(adam, { from: '2026-12-24', until: '2026-12-27', timeZone: 'UTC' });
    const listed = await listFreezes(aProcess(), { person: vera });
    expect(
      listed.freezes.map(({ freeze: { reason }, isHolding, at }) => [reason, isHolding, at === null ? null : new Date(at).toISOString()]),
    ).toEqual([
      ['weekend', true, '2026-11-22T18:00:00.000Z'],
      ['stocktaking', false, '2026-12-24T00:00:00.000Z'],
    ]);
    expect(listed.windows).toEqual([{ environment: 'staging', windows: [weekend], isOpen: true, at: Date.parse('2026-11-22T18:00Z') }]);
    expect(await listFreezes(aProcess(), { person: person('stranger') })).toEqual({ freezes: [], windows: [] });
  });
});
