import { describe, expect, it } from 'vitest';
import { asFault, isRetryable } from '../../../adapters/postgres/connection-errors.ts';
import { StoreUnavailableError } from '../../../src/ports/faults.ts';

const withCode = (code: string) => Object.assign(new Error('from the driver'), { code });

describe('asFault', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', '57P01', '57P03', '08006', '53300', '25P03'])(
    'knows %s as an unreachable store',
    (code) => {
      expect(asFault(withCode(code))).toBeInstanceOf(StoreUnavailableError);
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Connection terminated due to connection timeout',
  ])('knows the driver’s “%s”, which has no code', (message) => {
    expect(asFault(new Error(message))).toBeInstanceOf(StoreUnavailableError);
  });

  it('looks into the attempts at several addresses', () => {
    expect(asFault(new AggregateError([withCode('ECONNREFUSED')]))).toBeInstanceOf(StoreUnavailableError);
  });

  it.each(['23505', '40001', '22P05', '42P01'])('leaves %s as it is', (code) => {
    const error = withCode(code);
    expect(asFault(error)).toBe(error);
  });
});

it('calls serialization failures and deadlocks, and nothing else, worth another try', () => {
  expect(['40001', '40P01', '23505', 'ECONNRESET'].map((code) => isRetryable(withCode(code)))).toEqual([true, true, false, false]);
});
