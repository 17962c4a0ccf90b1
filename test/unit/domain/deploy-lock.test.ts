import { describe, expect, it } from 'vitest';
import {
  type DeployLock,
  deservesReminder,
  isLive,
  locksAgainst,
  mayRelease,
  maySteal,
  SYSTEM_HOLDER,
  takenOver,
  UNSEEN_MS,
} from '../../../src/domain/deploy-lock.ts';
import { parseScopeId, type Scope, scopeId, scopeName, scopeWords } from '../../../src/domain/scope.ts';

const MINUTE = 60_000;
const aLock = (members: Partial<DeployLock> = {}): DeployLock => ({
  id: 'l1',
  scope: { app: 'shop', environment: 'production' },
  holder: { id: 'olga', name: 'Olga' },
  reason: 'db migration',
  since: 0,
  expiresAt: 120 * MINUTE,
  ...members,
});
const target = { app: 'shop', environment: 'production' };

describe('a lock', () => {
  it('holds until just before its end, and for ever without one', () => {
    expect([0, 120 * MINUTE - 1, 120 * MINUTE].map((at) => isLive(aLock(), at))).toEqual([true, true, false]);
    expect(isLive(aLock({ expiresAt: null }), Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  const scopes: readonly [Scope, boolean][] = [
    [{ app: 'shop', environment: 'production' }, true],
    [{ app: 'shop', environment: null }, true],
    [{ app: null, environment: 'production' }, true],
    [{ app: null, environment: null }, true],
    [{ app: 'shop', environment: 'staging' }, false],
    [{ app: 'blog', environment: 'production' }, false],
    [{ app: 'blog', environment: null }, false],
    [{ app: null, environment: 'staging' }, false],
  ];
  it.each(scopes)('on %o keeps others out: %s', (scope, keepsOut) => {
    expect(locksAgainst([aLock({ scope })], target, 'dana', 1)).toHaveLength(keepsOut ? 1 : 0);
  });

  it('keeps nobody out of what they hold themselves, or when it is over', () => {
    expect(locksAgainst([aLock()], target, 'olga', 1)).toEqual([]);
    expect(locksAgainst([aLock()], target, 'dana', 120 * MINUTE)).toEqual([]);
  });

  it('of somebody else keeps out also who holds a narrower one; the widest is named first', () => {
    const global = aLock({ id: 'l2', scope: { app: null, environment: null }, holder: { id: 'adam', name: 'Adam' } });
    expect(locksAgainst([aLock(), global], target, 'olga', 1)).toEqual([global]);
    expect(locksAgainst([aLock(), global], target, 'dana', 1).map(({ id }) => id)).toEqual(['l2', 'l1']);
  });

  it.each([
    ['its holder', { personId: 'olga', mayLock: false, mayFreeze: false }, true, false],
    ['who may lock', { personId: 'dana', mayLock: true, mayFreeze: false }, false, true],
    ['who may freeze', { personId: 'adam', mayLock: true, mayFreeze: true }, true, true],
    ['who may nothing', { personId: 'vera', mayLock: false, mayFreeze: false }, false, false],
  ])('is released and taken over by %s: %o', (_who, facts, releases, steals) => {
    expect([mayRelease({ lock: aLock(), ...facts }), maySteal({ lock: aLock(), ...facts, at: UNSEEN_MS })]).toEqual([releases, steals]);
  });

  it('is not taken over by somebody who cannot have seen it', () => {
    const steals = (at: number) => maySteal({ lock: aLock({ since: 1000 }), personId: 'dana', mayLock: true, at });
    expect([steals(1000), steals(1000 + UNSEEN_MS - 1), steals(1000 + UNSEEN_MS)]).toEqual([false, false, true]);
  });

  it('that a rollback left is released by whoever may lock, and keeps everybody out', () => {
    const lock = aLock({ holder: SYSTEM_HOLDER, expiresAt: null });
    expect(mayRelease({ lock, personId: 'dana', mayLock: true, mayFreeze: false })).toBe(true);
    expect(mayRelease({ lock, personId: 'vera', mayLock: false, mayFreeze: false })).toBe(false);
    expect(locksAgainst([lock], target, 'dana', 1)).toEqual([lock]);
  });

  it('that is taken over keeps its end and its reason, unless there are new ones', () => {
    const by = { id: 'l2', holder: { id: 'dana', name: 'Dana', groups: ['g'] }, at: 50 };
    const kept = {
      id: 'l2',
      scope: target,
      holder: { id: 'dana', name: 'Dana' },
      reason: 'db migration',
      since: 50,
      expiresAt: 120 * MINUTE,
    };
    expect(takenOver(aLock(), { ...by, reason: null, expiresAt: null })).toEqual(kept);
    expect(takenOver(aLock(), { ...by, reason: 'hotfix', expiresAt: 7 })).toEqual({ ...kept, reason: 'hotfix', expiresAt: 7 });
  });

  it('that is short anyway deserves no reminder', () => {
    expect(deservesReminder(aLock())).toBe(true);
    expect(deservesReminder(aLock({ expiresAt: 20 * MINUTE }))).toBe(false);
    expect(deservesReminder(aLock({ expiresAt: null }))).toBe(false);
    expect(deservesReminder(aLock({ holder: SYSTEM_HOLDER }))).toBe(false);
  });
});

describe('a scope', () => {
  it.each([
    [{ app: 'shop', environment: 'production' }, 'shop production', 'shop production', 'shop.production'],
    [{ app: 'shop', environment: null }, 'shop (every environment)', 'shop all', 'shop._'],
    [{ app: null, environment: 'production' }, 'production of every app', 'all production', '_.production'],
    [{ app: null, environment: null }, 'every app', 'all', '_._'],
  ])('%o has a name, words to type and an id for buttons', (scope, name, words, id) => {
    expect([scopeName(scope), scopeWords(scope), scopeId(scope)]).toEqual([name, words, id]);
    expect(parseScopeId(id)).toEqual(scope);
  });

  it.each(['', 'shop', 'shop.production.x', 'Shop.production', 'shop.*', '..'])('is not “%s”', (id) => {
    expect(parseScopeId(id)).toBeNull();
  });
});
