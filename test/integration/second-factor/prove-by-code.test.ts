import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parts } from '../../../src/application/parts.ts';
import { isProven, prove } from '../../../src/application/second-factor/prove.ts';
import type { Proof } from '../../../src/domain/confirmation.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  aConfirmation,
  anApp,
  aPerson,
  aWrongCode,
  factorParts,
  someRecoveryCodes,
} from '../../support/second-factor/person-with-factors.ts';

/** Codes on the real database, whose row lock is what parallel tries wait for. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 20 });
});
afterAll(() => test.drop());

const MINUTE = 60_000;

function proving(parts: Parts, person: Person, proof: Proof | null) {
  return parts.database.transact((stores) =>
    prove(parts, stores, { person, proof, confirmation: aConfirmation(), now: parts.clock.now(), source: 'test:ops' }),
  );
}
const typing = (parts: Parts, person: Person, code: string) => proving(parts, person, { by: 'code', code });
const audited = async (person: Person) =>
  (await test.database.stores.audit.list({ subject: person.id, limit: 50 })).map(({ action, result, details }) => [
    action,
    result,
    details['why'],
  ]);

/** So many at a time, each as soon as another one is through: more would wait for connections only. */
async function inCrowds<In, Out>(all: readonly In[], size: number, work: (one: In) => Promise<Out>): Promise<readonly Out[]> {
  const waiting = all.values();
  const done: Out[] = [];
  const worker = async () => {
    for (const one of waiting) done.push(await work(one));
  };
  await Promise.all(Array.from({ length: size }, worker));
  return done;
}

describe('a code of an app', () => {
  it('proves once, and the next one again', async () => {
    const { parts, clock } = factorParts(test);
    const ada = aPerson();
    const app = await anApp(test, ada);
    const first = app.codeAt(clock.now());
    expect(await typing(parts, ada, `${first.slice(0, 3)} ${first.slice(3)}`)).toEqual({ proven: 'totp' });
    expect(await typing(parts, ada, first)).toMatchObject({ refused: 'code_used' });
    await clock.advance(30_000);
    expect(await typing(parts, ada, app.codeAt(clock.now()))).toEqual({ proven: 'totp' });
    // The one before was never used, but it is older than the last one accepted.
    expect(await typing(parts, ada, app.codeAt(clock.now() - 30_000))).toMatchObject({ refused: 'code_used' });
    expect(await audited(ada)).toEqual([
      ['factor.prove', 'refused', 'code_used'],
      ['factor.prove', 'done', undefined],
      ['factor.prove', 'refused', 'code_used'],
      ['factor.prove', 'done', undefined],
    ]);
  });

  it('is accepted for one of 100 that bring it at once', async () => {
    const { parts, clock } = factorParts(test);
    const ada = aPerson();
    const code = (await anApp(test, ada)).codeAt(clock.now());
    const answers = await Promise.all(Array.from({ length: 100 }, () => typing(parts, ada, code)));
    expect(answers.filter(isProven)).toHaveLength(1);
    expect(answers.filter((answer) => isRefusal(answer) && answer.refused === 'code_used')).toHaveLength(99);
  });

  it('does not stay used when what it was for did not commit', async () => {
    const { parts, clock } = factorParts(test);
    const ada = aPerson();
    const code = (await anApp(test, ada)).codeAt(clock.now());
    const broken = parts.database.transact(async (stores) => {
      await prove(parts, stores, {
        person: ada,
        proof: { by: 'code', code },
        confirmation: aConfirmation(),
        now: clock.now(),
        source: 'test',
      });
      throw new Error('the approval could not be written');
    });
    await expect(broken).rejects.toThrow('could not be written');
    expect(await typing(parts, ada, code)).toEqual({ proven: 'totp' });
  });

  it('proves nobody else', async () => {
    const { parts, clock } = factorParts(test);
    const [ada, bo] = [aPerson(), aPerson('Bo')];
    const app = await anApp(test, ada);
    await anApp(test, bo);
    expect(await typing(parts, bo, app.codeAt(clock.now()))).toMatchObject({ refused: 'wrong_code' });
    expect(await typing(parts, aPerson('Cy'), app.codeAt(clock.now()))).toMatchObject({ refused: 'factor_required' });
  });
});

describe('guessing', () => {
  it('ends after five wrong codes, for every factor, until the lock is over', async () => {
    const { parts, clock, watched } = factorParts(test);
    const ada = aPerson();
    const app = await anApp(test, ada);
    const wrong = aWrongCode(app.codeAt(clock.now()), app.codeAt(clock.now() - 30_000), app.codeAt(clock.now() + 30_000));
    const said = [];
    for (let index = 0; index < 5; index += 1) said.push(await typing(parts, ada, wrong));
    expect(said.map((answer) => isRefusal(answer) && answer.message)).toEqual([
      'That code is wrong. 4 tries are left.',
      'That code is wrong. 3 tries are left.',
      'That code is wrong. 2 tries are left.',
      'That code is wrong. One try is left.',
      'After 5 wrong codes your second factor is locked until 12:15 UTC (15 min).',
    ]);
    const [code] = await someRecoveryCodes(test, ada);
    for (const right of [app.codeAt(clock.now()), code ?? ''])
      expect(await typing(parts, ada, right)).toMatchObject({ refused: 'factor_locked' });
    expect(await proving(parts, ada, null)).toMatchObject({ refused: 'factor_locked' });
    expect(watched.evaluated).toBe(5);
    expect(watched.told).toMatchObject([
      {
        personId: ada.id,
        notice: {
          title: 'Your second factor is locked for 15 min',
          lines: expect.arrayContaining([expect.stringContaining('/mfa reset ')]),
        },
      },
    ]);
    expect((await audited(ada)).filter(([action]) => action === 'factor.lock')).toHaveLength(1);

    await clock.advance(15 * MINUTE - 1);
    expect(await typing(parts, ada, app.codeAt(clock.now()))).toMatchObject({ refused: 'factor_locked' });
    await clock.advance(1);
    expect(await typing(parts, ada, app.codeAt(clock.now()))).toEqual({ proven: 'totp' });
  });

  it('locks for longer each time within a day, tells its person each time, and for fifteen minutes again after a right code', async () => {
    const { parts, clock, watched } = factorParts(test);
    const ada = aPerson();
    const app = await anApp(test, ada);
    const lockOut = async () => {
      const wrong = aWrongCode(app.codeAt(clock.now()), app.codeAt(clock.now() - 30_000), app.codeAt(clock.now() + 30_000));
      for (let index = 0; index < 5; index += 1) await typing(parts, ada, wrong);
      const { lockedUntil } = await test.database.stores.factors.tries(ada.id);
      const length = (lockedUntil ?? 0) - clock.now();
      await clock.advance(length - 1);
      expect(await typing(parts, ada, app.codeAt(clock.now()))).toMatchObject({ refused: 'factor_locked' });
      await clock.advance(1);
      return length / MINUTE;
    };
    expect([await lockOut(), await lockOut(), await lockOut(), await lockOut(), await lockOut()]).toEqual([15, 60, 240, 960, 1440]);
    expect(watched.told.map(({ notice }) => notice.title.replace('Your second factor is locked for ', ''))).toEqual([
      '15 min',
      '1 h',
      '4 h',
      '16 h',
      '24 h',
    ]);
    expect(watched.told.every(({ notice }) => notice.lines.join(' ').includes(`/mfa reset ${ada.id}`))).toBe(true);
    // Each lock lets five be looked at, however many were typed.
    expect(watched.evaluated).toBe(25);
    expect(await typing(parts, ada, app.codeAt(clock.now()))).toEqual({ proven: 'totp' });
    expect(await lockOut()).toBe(15);
  });

  it('for somebody else locks nobody: only what their own account sends counts', async () => {
    const { parts, clock } = factorParts(test);
    const [ada, bo] = [aPerson(), aPerson('Bo')];
    const [app] = [await anApp(test, ada), await anApp(test, bo)];
    const wrong = aWrongCode(app.codeAt(clock.now()), app.codeAt(clock.now() - 30_000), app.codeAt(clock.now() + 30_000));
    for (let index = 0; index < 6; index += 1) {
      await parts.database.transact((stores) =>
        prove(parts, stores, {
          person: bo,
          proof: { by: 'code', code: wrong },
          // About Ada, typed by Bo.
          confirmation: aConfirmation({ purpose: 'factor_reset', subject: ada.id }),
          now: clock.now(),
          source: 'test:ops',
        }),
      );
    }
    expect(await typing(parts, bo, wrong)).toMatchObject({ refused: 'factor_locked' });
    expect(await typing(parts, ada, app.codeAt(clock.now()))).toEqual({ proven: 'totp' });
  });

  it('begins to count anew after a right code', async () => {
    const { parts, clock } = factorParts(test);
    const ada = aPerson();
    const app = await anApp(test, ada);
    for (let round = 0; round < 3; round += 1) {
      const wrong = aWrongCode(app.codeAt(clock.now()), app.codeAt(clock.now() - 30_000), app.codeAt(clock.now() + 30_000));
      for (let index = 0; index < 4; index += 1) expect(await typing(parts, ada, wrong)).toMatchObject({ refused: 'wrong_code' });
      expect(await typing(parts, ada, app.codeAt(clock.now()))).toEqual({ proven: 'totp' });
      await clock.advance(MINUTE);
    }
  });

  it('stays counted when the use case refuses, and locks on both processes', async () => {
    const { parts, clock } = factorParts(test);
    const other = factorParts(test, { database: test.another(), clock });
    const ada = aPerson();
    const app = await anApp(test, ada);
    const wrong = aWrongCode(app.codeAt(clock.now()), app.codeAt(clock.now() - 30_000), app.codeAt(clock.now() + 30_000));
    for (let index = 0; index < 5; index += 1) await typing(index % 2 === 0 ? parts : other.parts, ada, wrong);
    expect(await typing(other.parts, ada, app.codeAt(clock.now()))).toMatchObject({ refused: 'factor_locked' });
    expect(await typing(parts, ada, app.codeAt(clock.now()))).toMatchObject({ refused: 'factor_locked' });
  });

  it('of 10,000 at once has at most five looked at', async () => {
    const { parts, clock, watched } = factorParts(test);
    const ada = aPerson();
    const app = await anApp(test, ada);
    const right = [-30_000, 0, 30_000].map((ms) => app.codeAt(clock.now() + ms));
    const codes = Array.from({ length: 10_003 }, (_, index) =>
      String(index * 97)
        .padStart(6, '0')
        .slice(-6),
    );
    const guesses = codes.filter((code) => !right.includes(code)).slice(0, 10_000);
    const answers = await inCrowds(guesses, 500, (code) => typing(parts, ada, code));
    expect(answers).toHaveLength(10_000);
    expect(watched.evaluated).toBeLessThanOrEqual(5);
    expect(answers.filter((answer) => isRefusal(answer) && answer.refused === 'wrong_code')).toHaveLength(4);
    expect(answers.filter((answer) => isRefusal(answer) && answer.refused === 'factor_locked')).toHaveLength(9_996);
    expect(watched.told).toHaveLength(1);
  }, 300_000);
});

describe('a recovery code', () => {
  it('proves once, however it is typed, for one of many at once', async () => {
    const { parts } = factorParts(test);
    const ada = aPerson();
    await anApp(test, ada);
    const [code = ''] = await someRecoveryCodes(test, ada);
    expect(await proving(parts, ada, null)).toMatchObject({ factorRequest: { url: null, methods: ['totp', 'recovery_code'] } });
    const typed = ` ${code.toLowerCase().replaceAll('-', ' ')}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => typing(parts, ada, typed)));
    expect(answers.filter(isProven)).toEqual([{ proven: 'recovery_code' }]);
    expect(answers.filter((answer) => isRefusal(answer) && answer.refused === 'code_used')).toHaveLength(19);
  });

  it('of somebody else is a wrong code, and counts', async () => {
    const { parts } = factorParts(test);
    const [ada, bo] = [aPerson(), aPerson('Bo')];
    await anApp(test, ada);
    await anApp(test, bo);
    const [code = ''] = await someRecoveryCodes(test, bo);
    expect(await typing(parts, ada, code)).toMatchObject({ refused: 'wrong_code' });
    expect((await test.database.stores.factors.tries(ada.id)).failures).toBe(1);
  });
});

describe('without a factor', () => {
  it('nothing is asked, and /mfa is named', async () => {
    const { parts } = factorParts(test);
    const refused = await proving(parts, aPerson(), null);
    expect(refused).toMatchObject({ refused: 'factor_required', hint: expect.stringContaining('/mfa') });
  });
});
